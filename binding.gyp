{
  "variables": {
    # Names of our own: a name that Node's gyp files define is silently ignored.
    "gmr_asan%": 0,
    "gmr_tsan%": 0,
    "gmr_werror%": 0
  },
  "targets": [
    {
      # The only target that may make a .node file here: node-gyp-build and
      # prebuildify take the first one that they find.
      "target_name": "gmr_native",
      "sources": [
        "native/addon/addon.cc",
        "native/addon/arguments.cc",
        "native/addon/main_loop.cc",
        "native/reporter/bare_isolate.cc",
        "native/reporter/exit_gate.cc",
        "native/reporter/formatter_api.cc",
        "native/reporter/formatter_code.cc",
        "native/reporter/formatter_host.cc",
        "native/reporter/frame_trust.cc",
        "native/reporter/green_photographer.cc",
        "native/reporter/green_threads_json.cc",
        "native/reporter/json_writer.cc",
        "native/reporter/photograph_json.cc",
        "native/reporter/photographer.cc",
        "native/reporter/reporter.cc",
        "native/reporter/sections_exchange.cc",
        "native/reporter/signal_hold.cc",
        "native/reporter/silent_thread.cc",
        "native/reporter/text_writer.cc",
        "native/v8/async_context.cc",
        "native/v8/async_cycles.cc",
        "native/v8/async_graph.cc",
        "native/v8/async_groups.cc",
        "native/v8/async_leaves.cc",
        "native/v8/async_places.cc",
        "native/v8/async_tail.cc",
        "native/v8/code_lookup.cc",
        "native/v8/code_ranges.cc",
        "native/v8/deopt_frames.cc",
        "native/v8/entry_frame.cc",
        "native/v8/green_thread_check.cc",
        "native/v8/green_threads.cc",
        "native/v8/heap_calibration.cc",
        "native/v8/heap_layout.cc",
        "native/v8/heap_model.cc",
        "native/v8/heap_pages.cc",
        "native/v8/heap_scan.cc",
        "native/v8/holder_names.cc",
        "native/v8/interrupt_capture.cc",
        "native/v8/isolate_registry.cc",
        "native/v8/js_frames.cc",
        "native/v8/known_objects.cc",
        "native/v8/layout.cc",
        "native/v8/layout_check.cc",
        "native/v8/layout_loader.cc",
        "native/v8/layout_tables.cc",
        "native/v8/layout_trial.cc",
        "native/v8/leaf_labels.cc",
        "native/v8/mixed_walk.cc",
        "native/v8/native_around.cc",
        "native/v8/opcode_tables.cc",
        "native/v8/own_name.cc",
        "native/v8/page_calibration.cc",
        "native/v8/page_targets.cc",
        "native/v8/raw_strings.cc",
        "native/v8/reaction_reader.cc",
        "native/v8/receiver_class.cc",
        "native/v8/safepoint_table.cc",
        "native/v8/script_table.cc",
        "native/v8/shared_function.cc",
        "native/v8/source_positions.cc",
        "native/v8/split_scan.cc",
        "native/v8/stack_reader.cc",
        "native/v8/stack_walk.cc",
        "native/v8/tagged.cc",
        "native/v8/timer_base.cc",
        "native/v8/top_frame.cc",
        "native/platform/cfi_program.cc",
        "native/platform/cfi_unwinder.cc",
        "native/platform/code_names.cc",
        "native/platform/demangle.cc",
        "native/platform/dwarf_expression.cc",
        "native/platform/eh_frame.cc",
        "native/platform/elf_file.cc",
        "native/platform/elf_notes.cc",
        "native/platform/elf_symbols.cc",
        "native/platform/fd_describe.cc",
        "native/platform/frame_pointer_search.cc",
        "native/platform/headroom.cc",
        "native/platform/helper_thread.cc",
        "native/platform/machine_code.cc",
        "native/platform/modules.cc",
        "native/platform/native_stepper.cc",
        "native/platform/park_handler.cc",
        "native/platform/park_signal.cc",
        "native/platform/passive_probe.cc",
        "native/platform/proc_maps.cc",
        "native/platform/proc_parse.cc",
        "native/platform/proc_threads.cc",
        "native/platform/raw_write.cc",
        "native/platform/safe_read.cc",
        "native/platform/signal_action.cc",
        "native/platform/signal_handler.cc",
        "native/platform/stack_copy.cc",
        "native/platform/standard_fds.cc",
        "native/platform/syscall_describe.cc",
        "native/platform/syscall_names.cc",
        "native/platform/text_file.cc",
        "native/platform/wake.cc"
      ],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      # 9: what Node 20's node.h defines itself, so that the two agree.
      "defines": ["NAPI_VERSION=9", "NAPI_DISABLE_CPP_EXCEPTIONS"],
      "cflags_cc": ["-std=gnu++20", "-fvisibility=hidden", "-Wno-cast-function-type"],
      "conditions": [
        ["OS=='linux'", {
          # A missing symbol becomes an error of require() instead of a death at
          # the first call; and the code stays mapped when the worker that
          # loaded it ends, because the reporter thread runs in it.
          "ldflags": ["-Wl,-z,now", "-Wl,-z,nodelete"]
        }],
        ["OS=='mac'", {
          "xcode_settings": {
            "CLANG_CXX_LANGUAGE_STANDARD": "gnu++20",
            "GCC_SYMBOLS_PRIVATE_EXTERN": "YES"
          }
        }],
        ["gmr_werror==1", { "cflags_cc": ["-Wall", "-Wextra", "-Werror", "-Wno-restrict"] }],
        ["gmr_asan==1", {
          "cflags": ["-fsanitize=address,undefined", "-fno-omit-frame-pointer", "-g", "-O1"],
          "cflags!": ["-O3"],
          "ldflags": ["-fsanitize=address,undefined"]
        }],
        ["gmr_tsan==1", {
          "cflags": ["-fsanitize=thread", "-fno-omit-frame-pointer", "-g", "-O1"],
          "cflags!": ["-O3"],
          "ldflags": ["-fsanitize=thread"]
        }]
      ]
    }
  ]
}
