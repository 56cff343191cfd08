{
  "targets": [
    {
      "target_name": "green",
      "sources": [
        "addon.cc",
        "fuzz.cc",
        "values.cc",
        "../../../native/v8/async_cycles.cc",
        "../../../native/v8/async_graph.cc",
        "../../../native/v8/async_groups.cc",
        "../../../native/v8/async_leaves.cc",
        "../../../native/v8/async_places.cc",
        "../../../native/v8/green_thread_check.cc",
        "../../../native/v8/green_threads.cc",
        "../../../native/v8/heap_calibration.cc",
        "../../../native/v8/heap_layout.cc",
        "../../../native/v8/heap_pages.cc",
        "../../../native/v8/heap_scan.cc",
        "../../../native/v8/holder_names.cc",
        "../../../native/v8/known_objects.cc",
        "../../../native/v8/layout.cc",
        "../../../native/v8/layout_tables.cc",
        "../../../native/v8/leaf_labels.cc",
        "../../../native/v8/opcode_tables.cc",
        "../../../native/v8/own_name.cc",
        "../../../native/v8/page_calibration.cc",
        "../../../native/v8/raw_strings.cc",
        "../../../native/v8/reaction_reader.cc",
        "../../../native/v8/receiver_class.cc",
        "../../../native/v8/script_table.cc",
        "../../../native/v8/shared_function.cc",
        "../../../native/v8/source_positions.cc",
        "../../../native/v8/tagged.cc",
        "../../../native/platform/proc_maps.cc",
        "../../../native/platform/safe_read.cc"
      ],
      "defines": ["NAPI_VERSION=9"],
      "cflags_cc": ["-std=gnu++20", "-fvisibility=hidden", "-Wall", "-Wextra", "-Wno-cast-function-type"],
      "ldflags": ["-Wl,-z,now", "-Wl,-z,nodelete"]
    }
  ]
}
