{
  # Addon for the tests only. It speaks Node-API alone, so one build serves every version of Node.
  "targets": [
    {
      "target_name": "gmr_fixture",
      "sources": ["gmr_fixture.cc"],
      "defines": ["NAPI_VERSION=8"],
      "cflags_cc": ["-std=gnu++20", "-Wall", "-Wextra"]
    }
  ]
}
