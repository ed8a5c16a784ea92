// How rank 0 tells the other ranks what is next: short messages, heard by all in the order in which
// they were told.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "media/base/result.h"

namespace understudy::training {

class RankChannel {
  public:
    virtual ~RankChannel() = default;
    // Rank 0, to everybody else. Errors: transient, when one cannot be reached any more.
    virtual Status tell(std::string_view message) = 0;
    // The others; waits. Errors: transient, when rank 0 is gone.
    virtual Result<std::string> hear() = 0;
};

// Does as rank 0 says, over an inherited descriptor. See RankProcesses.
class RankListener : public RankChannel {
  public:
    explicit RankListener(int descriptor) : descriptor_(descriptor) {}
    Status tell(std::string_view message) override;
    Result<std::string> hear() override;

  private:
    int descriptor_;
};

// What is next. That everybody does what rank 0 does, in its order, is all that keeps ranks in
// step; what depends on the time of day or on requests is decided by rank 0 alone.
struct RankOrder {
    enum class Kind : uint32_t {
        share,     // take rank 0's weights, moments and average; `step` steps are done
        step,      // train one more step
        losses,    // add up the losses since the last time
        validate,  // measure a share of the faces that are held out
        reread,    // changes.jsonl has grown: read it again
        finish,    // end well
    };
    Kind kind = Kind::finish;
    int64_t step = 0;  // number of the step from 0, or steps done
    double learningRate = 0;
    double warpStrength = 0;
    double nextWarpStrength = 0;  // of the step after it
};
std::string encoded(const RankOrder& order);
// Errors: corruptData.
Result<RankOrder> decodedOrder(std::string_view message);

}  // namespace understudy::training
