"""What deploys the long-running agent: a unit for systemd, a template for CloudFormation. Texts, made in one place."""
