"""The templates by which Audit Manager makes reports."""

from __future__ import annotations

COMPLIANCE = ("RESOURCE_COMPLIANCE_REPORT", "CONTROL_COMPLIANCE_REPORT")
"""Those that report on frameworks. Backup API `ReportSetting`, read 2026-11."""

JOBS = ("BACKUP_JOB_REPORT", "COPY_JOB_REPORT", "RESTORE_JOB_REPORT", "SCAN_JOB_REPORT")
"""Those that report on jobs, whatever frameworks there are. Backup API `ReportSetting`, read 2026-11."""

TEMPLATES = (*COMPLIANCE, *JOBS)

KNOWN = (*TEMPLATES, "MALWARE_JOB_REPORT")
"""With the name that the developer guide, "Choosing your report template", has for `SCAN_JOB_REPORT`; read 2026-11."""
