{
  # Addons for the tests only; see test/support/native-addon.ts.
  "targets": [
    {
      "target_name": "gmr_fixture",
      "sources": ["gmr_fixture.cc", "restrictions.cc", "short_calls.cc"],
      "defines": ["NAPI_VERSION=8"],
      "cflags_cc": ["-std=gnu++20", "-fno-strict-aliasing", "-Wall", "-Wextra"]
    },
    {
      "target_name": "stuck_library",
      "sources": ["stuck_library.cc"],
      "cflags_cc": ["-std=gnu++20", "-fno-strict-aliasing", "-Wall", "-Wextra"]
    }
  ],
  "conditions": [
    ["OS=='linux' and (target_arch=='x64' or target_arch=='arm64')", {
      "targets": [
        {
          "target_name": "unwind_fixture",
          "includes": ["under-test.gypi"],
          "sources": [
            "unwind/blocked_threads.cc",
            "unwind/fuzz.cc",
            "unwind/parked_thread.cc",
            "unwind/reader_checks.cc",
            "unwind/unwind_fixture.cc",
            "unwind/walks.cc"
          ],
          "libraries": ["<@(platform_objects)"]
        },
        {
          "target_name": "jsframes_fixture",
          "includes": ["under-test.gypi"],
          "sources": ["jsframes/addon.cc", "jsframes/fuzz.cc", "jsframes/recording.cc"],
          "libraries": ["<@(platform_objects)", "<@(v8_objects)"]
        },
        {
          "target_name": "green_fixture",
          "includes": ["under-test.gypi"],
          "sources": ["green/addon.cc", "green/dead_words_checks.cc", "green/fuzz.cc", "green/own_copies_checks.cc", "green/page_filter_checks.cc"],
          "libraries": ["<@(platform_objects)", "<@(v8_objects)"]
        },
        {
          "target_name": "scopes_fixture",
          "includes": ["under-test.gypi"],
          "sources": ["scopes/addon.cc"],
          "libraries": ["<@(platform_objects)", "<@(v8_objects)"]
        },
        {
          "target_name": "tables_fixture",
          "includes": ["under-test.gypi"],
          "sources": ["tables/addon.cc"],
          "libraries": ["<@(platform_objects)", "<@(v8_objects)"]
        },
        {
          "target_name": "text_fixture",
          "includes": ["under-test.gypi"],
          "sources": ["text/addon.cc"],
          "libraries": ["<@(platform_objects)"]
        },
        {
          "target_name": "lane_fixture",
          "includes": ["under-test.gypi"],
          "sources": ["lane/addon.cc"],
          "libraries": ["<@(platform_objects)"],
          "cflags_cc!": ["-fno-exceptions"],
          "cflags_cc": ["-fexceptions"],
          "ldflags": ["-Wl,--wrap=_Znwm"]
        },
        {
          "target_name": "truth_fixture",
          "includes": ["under-test.gypi"],
          "sources": ["truth/addon.cc", "truth/observer.cc", "truth/tally.cc", "truth/wraps.cc"],
          "libraries": ["<@(platform_objects)", "<@(v8_objects)", "<@(unpaused_objects)"],
          # See truth/wraps.cc.
          "ldflags": [
            "-Wl,--wrap=_ZNK3gmr2vm9HeapModel10ForIsolateENS_8platform7AddressERKNS0_6LayoutEd",
            "-Wl,--wrap=_ZN3gmr2vm15GreenThreadScan7CaptureERKNS0_15GreenThreadHeapERKNS0_13HeapPageIndexERKNS0_17GreenThreadLimitsERKSt8functionIFNS0_15CallbackHoldersES7_EE",
            "-Wl,--wrap=_ZNK3gmr2vm15GreenThreadScan4TakeENS0_11HeapReadingE",
            "-Wl,--wrap=_ZN3gmr2vm11ReadGcEpochEPNS_8platform12MemoryReaderERKNS0_10HeapLayoutENS1_7AddressEPNS0_7GcEpochE"
          ]
        },
        {
          "target_name": "stress_fixture",
          "includes": ["under-test.gypi"],
          "sources": ["stress/addon.cc", "stress/captures.cc"],
          "libraries": ["<@(platform_objects)", "<@(v8_objects)"],
          # gmr::vm::MixedWalker::Walk(), see stress/captures.cc
          "ldflags": ["-Wl,--wrap=_ZN3gmr2vm11MixedWalker4WalkERKNS0_9WalkStartEPNS0_9FrameListE"]
        }
      ]
    }]
  ]
}
