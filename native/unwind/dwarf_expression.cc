#include "dwarf_expression.h"

#include <cstddef>

namespace gmr::platform {

namespace {

// DWARF 4, section 7.7.1.
enum Operation : uint8_t {
  kDeref = 0x06,
  kConst1u = 0x08,
  kConst1s = 0x09,
  kConst2u = 0x0a,
  kConst2s = 0x0b,
  kConst4u = 0x0c,
  kConst4s = 0x0d,
  kConst8u = 0x0e,
  kConst8s = 0x0f,
  kConstU = 0x10,
  kConstS = 0x11,
  kDup = 0x12,
  kDrop = 0x13,
  kAnd = 0x1a,
  kMinus = 0x1c,
  kMul = 0x1e,
  kNeg = 0x1f,
  kNot = 0x20,
  kOr = 0x21,
  kPlus = 0x22,
  kPlusUconst = 0x23,
  kShl = 0x24,
  kShr = 0x25,
  kXor = 0x27,
  kEq = 0x29,
  kGe = 0x2a,
  kGt = 0x2b,
  kLe = 0x2c,
  kLt = 0x2d,
  kNe = 0x2e,
  kLit0 = 0x30,
  kLit31 = 0x4f,
  kReg0 = 0x50,
  kReg31 = 0x6f,
  kBreg0 = 0x70,
  kBreg31 = 0x8f,
  kNop = 0x96,
};

class Evaluation {
 public:
  Evaluation(DwarfCursor expression, const Registers& registers, MemoryReader* reader)
      : rest_(expression), registers_(registers), reader_(reader) {}

  void Push(uint64_t value) {
    if (depth_ == kMaxDepth) {
      failed_ = true;
    } else {
      stack_[depth_++] = value;
    }
  }

  std::optional<uint64_t> Run() {
    while (!rest_.AtEnd() && !failed_) {
      const auto operation = rest_.Take<uint8_t>();
      if (!PushConstant(operation) && !PushRegister(operation) && !ApplyUnary(operation))
        ApplyBinary(operation);
    }
    if (failed_ || rest_.failed() || depth_ == 0) return std::nullopt;
    return stack_[depth_ - 1];
  }

 private:
  static constexpr size_t kMaxDepth = 32;

  template <typename T>
  void PushTaken() {
    Push(static_cast<uint64_t>(static_cast<int64_t>(rest_.Take<T>())));
  }

  uint64_t Pop() {
    if (depth_ == 0) {
      failed_ = true;
      return 0;
    }
    return stack_[--depth_];
  }

  // These return whether the operation was theirs.
  bool PushConstant(uint8_t operation) {
    if (operation >= kLit0 && operation <= kLit31) {
      Push(uint64_t{operation} - kLit0);
      return true;
    }
    switch (operation) {
      case kConst1u:
        PushTaken<uint8_t>();
        return true;
      case kConst1s:
        PushTaken<int8_t>();
        return true;
      case kConst2u:
        PushTaken<uint16_t>();
        return true;
      case kConst2s:
        PushTaken<int16_t>();
        return true;
      case kConst4u:
        PushTaken<uint32_t>();
        return true;
      case kConst4s:
        PushTaken<int32_t>();
        return true;
      case kConst8u:
      case kConst8s:
        PushTaken<int64_t>();
        return true;
      case kConstU:
        Push(rest_.TakeUleb());
        return true;
      case kConstS:
        Push(static_cast<uint64_t>(rest_.TakeSleb()));
        return true;
      default:
        return false;
    }
  }

  bool PushRegister(uint8_t operation) {
    if (operation < kReg0 || operation > kBreg31) return false;
    const bool with_offset = operation >= kBreg0;
    const int number = operation - (with_offset ? kBreg0 : kReg0);
    const uint64_t offset = with_offset ? static_cast<uint64_t>(rest_.TakeSleb()) : 0;
    if (number >= kRegisterCount || !registers_.Has(static_cast<Register>(number))) {
      failed_ = true;
    } else {
      Push(registers_.value[number] + offset);
    }
    return true;
  }

  bool ApplyUnary(uint8_t operation) {
    switch (operation) {
      case kNop:
        return true;
      case kDrop:
        Pop();
        return true;
      case kNeg:
        Push(~Pop() + 1);
        return true;
      case kNot:
        Push(~Pop());
        return true;
      case kPlusUconst:
        Push(Pop() + rest_.TakeUleb());
        return true;
      case kDup: {
        const uint64_t value = Pop();
        Push(value);
        Push(value);
        return true;
      }
      case kDeref: {
        uint64_t value = 0;
        if (!reader_->Load(Address(Pop()), &value)) failed_ = true;
        Push(value);
        return true;
      }
      default:
        return false;
    }
  }

  void ApplyBinary(uint8_t operation) {
    const uint64_t right = Pop();
    const uint64_t left = Pop();
    const auto signed_right = static_cast<int64_t>(right);
    const auto signed_left = static_cast<int64_t>(left);
    switch (operation) {
      case kAnd:
        return Push(left & right);
      case kOr:
        return Push(left | right);
      case kXor:
        return Push(left ^ right);
      case kPlus:
        return Push(left + right);
      case kMinus:
        return Push(left - right);
      case kMul:
        return Push(left * right);
      case kShl:
        return Push(right < 64 ? left << right : 0);
      case kShr:
        return Push(right < 64 ? left >> right : 0);
      case kEq:
        return Push(left == right);
      case kNe:
        return Push(left != right);
      case kGe:
        return Push(signed_left >= signed_right);
      case kGt:
        return Push(signed_left > signed_right);
      case kLe:
        return Push(signed_left <= signed_right);
      case kLt:
        return Push(signed_left < signed_right);
      default:
        failed_ = true;
    }
  }

  DwarfCursor rest_;
  const Registers& registers_;
  MemoryReader* reader_;
  uint64_t stack_[kMaxDepth] = {};
  size_t depth_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<uint64_t> EvaluateExpression(DwarfCursor expression, const Registers& registers,
                                           std::optional<uint64_t> initial, MemoryReader* reader) {
  Evaluation evaluation(expression, registers, reader);
  if (initial) evaluation.Push(*initial);
  return evaluation.Run();
}

}  // namespace gmr::platform
