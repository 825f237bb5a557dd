variable "account" {
  default = "100000000010"
}

resource "aws_backup_vault" "primary" {
  name        = "acme-primary"
  kms_key_arn = "arn:aws:kms:eu-central-1:${var.account}:key/11111111-2222-3333-4444-555555555555"
}

resource "aws_backup_vault_lock_configuration" "primary" {
  backup_vault_name  = aws_backup_vault.primary.name
  min_retention_days = 7
  max_retention_days = 400
}
