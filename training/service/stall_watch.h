// Whether a job still gets on. Told of its signs of life (whatever it says) on a clock of the
// caller's that only goes forward, so that a change of the time of day means nothing to it.
#pragma once

#include <deque>

namespace understudy::training {

constexpr double kLeastStall = 120;  // seconds
constexpr double kStallFactor = 20;  // times the median between two signs of life

class StallWatch {
  public:
    explicit StallWatch(double least = kLeastStall) : least_(least) {}

    // Its process starts. `steady`: it says something of each of its steps, as a training does;
    // others have whole passes without a word.
    void begin(double now, bool steady = true);
    // It has said something.
    void sign(double now);
    // Its process computes, reads or writes. Counts only where it may be silent for long: where it
    // is not steady, until its rhythm is known (it loads, and its first steps are slow), and when
    // only its result is left to be written.
    void work(double now);
    // Whether all is done but the end.
    void setFinishing(bool finishing) { finishing_ = finishing; }

    // To be called every lookEvery() seconds. Where we ourselves were stopped between two looks,
    // that time does not count.
    bool isStalled(double now);
    double lookEvery() const;

    // Seconds without a sign of life that are too many: the larger of `least` and 20 times the
    // median.
    double limit() const;
    double silence(double now) const { return now - lastSign_; }

  private:
    bool mayBeSilent() const;

    double least_;
    double lastSign_ = 0;
    double lastCounted_ = 0;
    double lastLook_ = 0;
    std::deque<double> between_;  // seconds, of the newest signs
    bool steady_ = true;
    bool finishing_ = false;
};

}  // namespace understudy::training
