"""The Compress room: a queue of pictures on their way to `.srec`, or back."""
