"""Runs scim2-tester against a service and ends with 1 if any check found an error. Arguments: address and token."""

import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status
from scim2_tester import check_server

address, token = sys.argv[1:]
http = Client(base_url=address, headers={"Authorization": f"Bearer {token}"})
results = check_server(SyncSCIMClient(http))
failed = [result for result in results if result.status in (Status.ERROR, Status.CRITICAL)]
for result in failed:
    print(f"{result.status.name} {result.title}: {result.reason}")
print(f"{len(results)} checks, {len(failed)} failed")
sys.exit(1 if failed or not results else 0)
