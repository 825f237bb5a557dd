# A folder: what is said here is filled in by variables.tf, and the copies land in vaults.tf.
provider "aws" {
  region = "eu-central-1"
}

resource "aws_backup_plan" "tier" {
  for_each = var.tiers
  name     = "acme-${each.key}"

  rule {
    rule_name         = "nightly"
    target_vault_name = aws_backup_vault.primary.name
    schedule          = each.value.schedule
    start_window      = 60
    completion_window = 480

    lifecycle {
      delete_after = each.value.keep
    }

    dynamic "copy_action" {
      for_each = each.value.copies

      content {
        destination_vault_arn = copy_action.value

        lifecycle {
          delete_after = each.value.keep
        }
      }
    }
  }
}

resource "aws_backup_selection" "tier" {
  for_each     = var.tiers
  name         = each.key
  plan_id      = aws_backup_plan.tier[each.key].id
  iam_role_arn = var.role

  selection_tag {
    type  = "STRINGEQUALS"
    key   = "backup"
    value = each.key
  }
}
