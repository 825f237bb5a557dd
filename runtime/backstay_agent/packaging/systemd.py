"""The unit for systemd: the agent as a service that may do as little as possible on its machine. Pure.

Source of the settings: systemd.exec(5), systemd.service(5); read 2026-11.
"""

from __future__ import annotations

_UNIT = """\
# backstay run as a service of systemd (255 or newer; older ones ignore what they do not know).
#   backstay run --print systemd | sudo tee /etc/systemd/system/backstay.service
#   sudo install -d /etc/backstay && sudo cp -r build /etc/backstay/build
#   sudo systemctl daemon-reload && sudo systemctl enable --now backstay
# Settings of yours go into /etc/backstay/environment (AWS_REGION=…, AWS_PROFILE=…), options into a drop-in:
#   sudo systemctl edit backstay     [Service] / ExecStart= / ExecStart=/usr/bin/env backstay run … --apply reversible
[Unit]
Description=Backstay watches over the organization's backups
Documentation=man:systemd.service(5)
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart=/usr/bin/env backstay run /etc/backstay/build --state ${STATE_DIRECTORY}/state.json \\
  --journal ${STATE_DIRECTORY}/journal
ExecReload=/bin/kill -HUP $MAINPID
EnvironmentFile=-/etc/backstay/environment
Environment=AWS_CONFIG_FILE=/etc/backstay/aws PYTHONDONTWRITEBYTECODE=1
WorkingDirectory=/var/lib/backstay
StateDirectory=backstay
StateDirectoryMode=0700
ConfigurationDirectory=backstay
Restart=on-failure
RestartSec=30
# The calls in flight are finished: a write may take as long as its retries.
TimeoutStopSec=180
KillMode=mixed

DynamicUser=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
UMask=0077

[Install]
WantedBy=multi-user.target
"""


def unit() -> str:
    """The unit's text."""
    return _UNIT
