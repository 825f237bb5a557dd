"""What of a build a signature covers, and where the signature lies: all that the agent reads, nothing for people.

The folders of single accounts repeat the shapes for reviewers, and the CloudFormation and Terraform targets are
deployed by other tools; the agent opens none of them.
"""

from __future__ import annotations

SIGNATURE = "signature.dsse.json"
FILES: tuple[str, ...] = ("index.json", "provenance.json", "prerequisites.json", "promises.json")
FOLDERS: tuple[str, ...] = ("shapes", "organizations")
