# A locked vault with its access policy and notifications, and the vault that takes everybody's copies.
variable "organization" {
  default = "o-acme00012"
}

resource "aws_sns_topic" "alarms" {
  name = "acme-backup-alarms"
}

resource "aws_backup_vault" "primary" {
  name        = "acme-primary"
  kms_key_arn = "arn:aws:kms:eu-central-1:100000000010:key/11111111-2222-3333-4444-555555555555"

  tags = {
    owner = "platform"
  }
}

resource "aws_backup_vault_lock_configuration" "primary" {
  backup_vault_name   = aws_backup_vault.primary.name
  min_retention_days  = 7
  max_retention_days  = 400
  changeable_for_days = 14
}

resource "aws_backup_vault_policy" "primary" {
  backup_vault_name = aws_backup_vault.primary.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "nobody-deletes"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"]
      Resource  = "*"
      Condition = {
        ArnNotLike = { "aws:PrincipalArn" = "arn:aws:iam::*:role/backup-emergency" }
      }
    }]
  })
}

resource "aws_backup_vault_notifications" "primary" {
  backup_vault_name   = aws_backup_vault.primary.name
  sns_topic_arn       = aws_sns_topic.alarms.arn
  backup_vault_events = ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"]
}

resource "aws_backup_vault" "central" {
  name        = "acme-central"
  kms_key_arn = "arn:aws:kms:eu-central-1:100000000010:key/66666666-2222-3333-4444-555555555555"
}

data "aws_iam_policy_document" "central" {
  statement {
    sid       = "copies-of-the-organization"
    effect    = "Allow"
    actions   = ["backup:CopyIntoBackupVault"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = [var.organization]
    }
  }
}

resource "aws_backup_vault_policy" "central" {
  backup_vault_name = aws_backup_vault.central.name
  policy            = data.aws_iam_policy_document.central.json
}

resource "aws_backup_plan" "nightly" {
  name = "acme-nightly"

  rule {
    rule_name         = "nightly"
    target_vault_name = aws_backup_vault.primary.name
    schedule          = "cron(0 3 ? * * *)"
    start_window      = 60
    completion_window = 480

    lifecycle {
      delete_after = 35
    }
  }
}
