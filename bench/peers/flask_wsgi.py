"""Flask behind apig-wsgi."""

import common_work
from apig_wsgi import make_lambda_handler
from flask import Flask, request

app = Flask(__name__)


@app.post("/v1/verifications")
def verify() -> tuple[dict[str, object], int]:
    selfie = request.files["selfie"].read()
    return common_work.verify(selfie, request.form.get("threshold", "0.6")), 201


handler = make_lambda_handler(app, binary_support=True)
