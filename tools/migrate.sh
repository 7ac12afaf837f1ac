#!/usr/bin/env bash
# Adds a migration of the authorization server's database: tools/migrate.sh NameOfTheChange
# Needs the dotnet-ef tool (dotnet tool install --global dotnet-ef).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
dotnet restore tools/AgentBrain.Migrations
dotnet ef migrations add "$1" --project AgentBrain.Server --startup-project tools/AgentBrain.Migrations \
  --context AuthorityContext --output-dir AuthorizationServer/Storage/Migrations
