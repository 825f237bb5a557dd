variable "name" {}
variable "min" {}

resource "aws_backup_vault" "this" {
  name = var.name
}

resource "aws_backup_vault_lock_configuration" "this" {
  backup_vault_name  = aws_backup_vault.this.name
  min_retention_days = var.min
}

output "name" {
  value = aws_backup_vault.this.name
}
