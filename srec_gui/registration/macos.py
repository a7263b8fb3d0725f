"""macOS: what the Info.plist of an application bundle says about the file type.

The system learns file types from bundles, so there is nothing to register at run time: a package builder puts this in.
"""

from __future__ import annotations

from typing import Any

__all__ = ["UNIFORM_TYPE", "document_types"]

UNIFORM_TYPE = "org.srec.image"


def document_types() -> dict[str, Any]:
    """Keys for an Info.plist: the type we export and open. For other pictures we are one choice among many."""
    return {
        "UTExportedTypeDeclarations": [
            {
                "UTTypeIdentifier": UNIFORM_TYPE,
                "UTTypeDescription": "SReC image",
                "UTTypeConformsTo": ["public.image"],
                "UTTypeTagSpecification": {
                    "public.filename-extension": ["srec"],
                    "public.mime-type": ["image/x-srec"],
                },
            }
        ],
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "SReC image",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [UNIFORM_TYPE],
            },
            {
                "CFBundleTypeName": "Image",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": ["public.image"],
            },
        ],
    }
