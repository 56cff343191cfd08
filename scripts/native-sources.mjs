// Which C++ files belong to which system; binding.gyp has the same choice.

/** `x_linux.cc` is for Linux and `x_other.cc` for all other systems; the rest is for all. */
export function isForSystem(path, platform = process.platform) {
  return !path.endsWith(platform === 'linux' ? '_other.cc' : '_linux.cc');
}
