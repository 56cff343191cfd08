{
  # For an addon that calls parts of the product. It links the object files that the product itself was linked
  # from: what is tested is what is shipped, with the sanitizer that it was built with.
  "variables": {
    "gmr_asan%": 0,
    "gmr_tsan%": 0,
    "gmr_werror%": 0,
    # The linker runs in build/, a folder as deep as this one's other folders.
    "platform_objects": ["<!@(cd unwind && ls ../../../build/Release/obj.target/gmr_native/native/base/*.o ../../../build/Release/obj.target/gmr_native/native/process/*.o ../../../build/Release/obj.target/gmr_native/native/process/*/*.o ../../../build/Release/obj.target/gmr_native/native/unwind/*.o ../../../build/Release/obj.target/gmr_native/native/os/*.o)"],
    "v8_objects": ["<!@(cd jsframes && ls ../../../build/Release/obj.target/gmr_native/native/image/*/*.o ../../../build/Release/obj.target/gmr_native/native/v8/*.o)"],
    "unpaused_objects": ["<!@(cd truth && ls ../../../build/Release/obj.target/gmr_native/native/reporter/capture/unpaused_scan.o)"]
  },
  "defines": ["NAPI_VERSION=9"],
  "cflags_cc": ["-std=gnu++20", "-fno-strict-aliasing", "-fvisibility=hidden", "-Wall", "-Wextra", "-Wno-cast-function-type"],
  "ldflags": ["-Wl,-z,now", "-Wl,-z,nodelete"],
  "conditions": [
    ["gmr_werror==1", { "cflags_cc": ["-Werror", "-Wno-restrict"] }],
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
