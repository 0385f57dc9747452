"""The OpenAPI document, tried out by schemathesis: no server error, and no answer that is not in it."""

import os
import pathlib
import subprocess
import sys
import unittest

from service import ServiceTestCase

EXAMPLES = os.environ.get("VMFA_ROUNDS", "10")


class Document(ServiceTestCase):
    def test_schemathesis(self):
        self.service.device("alice")
        # Names are printable Unicode and codes have their device's length: no schema says so, so what a schema allows may
        # still be refused with 400.
        done = subprocess.run(
            [pathlib.Path(sys.executable).with_name("schemathesis"), "run", f"{self.service.url}/openapi.yaml",
             "-H", f"Authorization: Bearer {self.service.tokens['admin']}", "--max-examples", EXAMPLES, "--no-color",
             "--exclude-checks", "positive_data_acceptance", "--generation-database", "none"],
            capture_output=True, text=True, cwd=self.service.folder)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:] + done.stderr[-2000:])
        self.assertIn("Tested: 14", done.stdout)


if __name__ == "__main__":
    unittest.main()
