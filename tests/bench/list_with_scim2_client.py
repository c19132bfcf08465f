"""Lists everybody with scim2-client in its default form, page after page. Arguments: address, token and people per page.
Prints one JSON object: people and seconds."""

import json
import sys
import time

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from pydantic import ConfigDict
from scim2_models import URN, EnterpriseUser, Extension, SearchRequest, User


class PeakonUser(Extension):
    """The company's own attributes: their names differ from company to company."""

    model_config = ConfigDict(extra="allow")
    __schema__ = URN("urn:ietf:params:scim:schemas:extension:peakon:2.0:User")


Person = User[EnterpriseUser | PeakonUser]
address, token, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
http = Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60)
people = SyncSCIMClient(http, resource_models=[Person])
started = time.perf_counter()
seen = 0
while True:
    page = people.query(
        Person,
        query_parameters=SearchRequest(start_index=seen + 1, count=count),
    )
    if not page.resources:
        break
    seen += len(page.resources)
    if page.total_results is not None and seen >= page.total_results:
        break
print(json.dumps({"people": seen, "seconds": time.perf_counter() - started}))
