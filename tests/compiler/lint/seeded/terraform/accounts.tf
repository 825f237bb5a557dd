# Two accounts in one configuration: copies of the one into the vault of the other, which lets them in.
provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["100000000010"]
}

provider "aws" {
  alias  = "backup"
  region = "eu-central-1"

  assume_role {
    role_arn = "arn:aws:iam::100000000002:role/deployer"
  }
}

resource "aws_backup_vault" "central" {
  provider    = aws.backup
  name        = "acme-central"
  kms_key_arn = "arn:aws:kms:eu-central-1:100000000002:key/11111111-2222-3333-4444-555555555555"
}

resource "aws_backup_vault_policy" "central" {
  provider          = aws.backup
  backup_vault_name = aws_backup_vault.central.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::100000000010:root" }
      Action    = "backup:CopyIntoBackupVault"
      Resource  = "*"
    }]
  })
}

resource "aws_backup_vault" "primary" {
  name        = "acme-primary"
  kms_key_arn = "arn:aws:kms:eu-central-1:100000000010:key/11111111-2222-3333-4444-555555555555"
}

resource "aws_backup_plan" "gold" {
  name = "acme-gold"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.primary.name
    schedule          = "cron(30 1 ? * * *)"
    start_window      = 60
    completion_window = 480

    lifecycle {
      delete_after = 35
    }

    copy_action {
      destination_vault_arn = aws_backup_vault.central.arn
    }
  }
}

resource "aws_backup_selection" "gold" {
  name         = "gold"
  plan_id      = aws_backup_plan.gold.id
  iam_role_arn = "arn:aws:iam::100000000010:role/service-role/AWSBackupDefaultServiceRole"

  selection_tag {
    type  = "STRINGEQUALS"
    key   = "backup"
    value = "gold"
  }
}
