# A vault that nobody in this account can empty, and weekly copies into it.
resource "aws_backup_logically_air_gapped_vault" "isolated" {
  name               = "acme-isolated"
  min_retention_days = 14
  max_retention_days = 400
}

resource "aws_backup_plan" "isolation" {
  name = "acme-isolation"

  rule {
    rule_name         = "weekly"
    target_vault_name = "acme-primary"
    schedule          = "cron(20 5 ? * SUN *)"
    start_window      = 60
    completion_window = 1200

    lifecycle {
      delete_after = 35
    }

    copy_action {
      destination_vault_arn = aws_backup_logically_air_gapped_vault.isolated.arn

      lifecycle {
        delete_after = 90
      }
    }
  }
}

resource "aws_backup_selection" "files" {
  name         = "files"
  plan_id      = aws_backup_plan.isolation.id
  iam_role_arn = "arn:aws:iam::100000000010:role/service-role/AWSBackupDefaultServiceRole"
  resources    = ["arn:aws:elasticfilesystem:*:*:file-system/*"]
}
