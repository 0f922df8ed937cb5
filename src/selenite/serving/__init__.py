"""`selenite serve`: a model that answers over HTTP, behind the guard that the playground has, too.

`guard` turns away, `door` listens, `rows` reads what was posted, `description` says it in OpenAPI, `server` answers.
"""
