# `make help` lists the commands. Values for them: TENANT, Q, STACK, EXAMPLE, WIPE, CLOUD, KUBECONFIG, MOAT_ATTACK_RUNS, MOAT_ATTACK_SEED.
.DEFAULT_GOAL := help
.PHONY: up down status preview resume query token env check test admission e2e e2e-openstack openstack openstack-down attack recovery bench crds help

export TENANT Q STACK EXAMPLE WIPE CLOUD
# Only a KUBECONFIG that is given to make itself chooses the cluster: shells often have one that is meant for others.
export MOAT_KUBECONFIG := $(if $(filter command line,$(origin KUBECONFIG)),$(KUBECONFIG))

up down status preview resume query token env check test admission e2e e2e-openstack openstack openstack-down attack recovery bench crds help: node_modules/.package-lock.json
	@node --import tsx toolchain/cli.ts $@

# Not `npm ci`: it refuses a lock that lacks optional packages of platforms that the registry did not offer. This one keeps to the lock too.
node_modules/.package-lock.json: package-lock.json
	@echo "npm packages ..." >&2
	@npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error >&2
	@touch $@
