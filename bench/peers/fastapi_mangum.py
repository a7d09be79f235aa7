"""FastAPI behind Mangum."""

from typing import Annotated

import common_work
from fastapi import FastAPI, Form, UploadFile
from mangum import Mangum

app = FastAPI(openapi_url=None)


@app.post("/v1/verifications", status_code=201)
def verify(selfie: UploadFile, threshold: Annotated[str, Form()] = "0.6") -> dict[str, object]:
    return common_work.verify(selfie.file.read(), threshold)


handler = Mangum(app, lifespan="off")
