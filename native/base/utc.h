// UTC without gmtime(3), which reads the time zone file and the environment.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    plain value.
#ifndef GMR_NATIVE_BASE_UTC_H_
#define GMR_NATIVE_BASE_UTC_H_

#include <cmath>
#include <cstdint>

namespace gmr::platform {

struct UtcTime {
  int year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

// `unix_ms` counts from 1970, like WallClockMs().
inline UtcTime ToUtc(double unix_ms) {
  constexpr int64_t kSecondsPerDay = 86'400;
  const auto seconds = static_cast<int64_t>(std::floor(unix_ms / 1e3));
  int64_t days = seconds / kSecondsPerDay;
  auto in_day = static_cast<int>(seconds % kSecondsPerDay);
  if (in_day < 0) {
    in_day += static_cast<int>(kSecondsPerDay);
    --days;
  }
  // The Gregorian calendar repeats every 400 years (146,097 days). Years are counted from March here, so that
  // a leap day is the last day of its year.
  days += 719'468;  // from 0000-03-01 to 1970-01-01
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  UtcTime utc;
  utc.day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  utc.month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  utc.year = static_cast<int>(year_of_era + era * 400 + (utc.month <= 2 ? 1 : 0));
  utc.hour = in_day / 3600;
  utc.minute = in_day / 60 % 60;
  utc.second = in_day % 60;
  return utc;
}

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_UTC_H_
