"""The View room: any picture, and `.srec` pictures that sharpen while they decode.

From the bottom up; logic in plain objects, widgets without logic:

* `viewport` (which part is seen), `picture` (what is painted and read), `folder` (files in order): no threads.
* `display`, `facts`, `loading`, `export`: the work of worker threads; Pillow is imported inside their functions.
* `document`, `load`, `loader`, `navigator`, `watch`, `room`: what is shown, what comes next, what changes on the disk.
* `information`, `status`: all of that in words.
* `values`, `painting`, `canvas`, `strip`, `information_panel`, `notice`, `placard`, `footer`: widgets.
* `sharing`, `bindings`, `page`: copying and saving, the registry's actions, the room itself; `scenes`: its states.
"""
