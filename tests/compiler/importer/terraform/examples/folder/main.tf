module "vaults" {
  source   = "./modules/vault"
  for_each = toset(var.regions)
  name     = "${var.prefix}-${each.key}"
  min      = 7
}

module "registry" {
  source = "example/vault/aws"
}

module "outside" {
  source = "../elsewhere"
}

resource "aws_backup_vault" "central" {
  name = "central"
  tags = { copies = join(",", [for vault in module.vaults : vault.name]) }
}
