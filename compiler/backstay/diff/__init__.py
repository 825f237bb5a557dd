"""What a change of policies means: which resources gain or lose what, whoever they are, each with a witness.

`sides` finds the two sides (policy folders, builds, git revisions), `builds` reads a build as a model, `offers` says
what a rule gives to a type, `meaning` compares two shapes over all resources that there could be, `vaults` compares
vaults and their locks, `rest` everything else, `difference` puts together what a reviewer is told, `words` and `text`
say it.
"""
