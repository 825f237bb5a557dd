"""Composites: recovery points of CloudFormation stacks and EKS clusters, and what is nested in them."""
