// Measures stepping: the seconds that count for --minutes, the rate, the share that data took, and
// the range of the remaining time from how much recent steps differed.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>

namespace understudy::training {

class StepClock {
  public:
    explicit StepClock(double secondsBefore) : seconds_(secondsBefore) {}

    // After each step: how long all of it took, and how much of that was waiting for data and for
    // other ranks' gradients.
    void add(double stepSeconds, double dataSeconds, double communicationSeconds = 0);
    // Stepping time that belongs to no single step, such as the device catching up.
    void addRest(double seconds) { seconds_ += seconds; }

    double seconds() const { return seconds_; }  // of stepping since the run began
    double rate() const;                         // median of recent steps, a second; 0: not known
    double dataWait() const;                     // fraction of recent step time
    double communication() const;                // seconds of a recent step, on average
    bool settled() const;                        // the rate is of as many steps as it ever is
    // Seconds that `steps` more will take if they are as fast as the faster and the slower tenth of
    // recent ones; negative while there are too few.
    std::pair<double, double> remaining(int64_t steps) const;

  private:
    struct Step {
        double seconds = 0;
        double data = 0;
        double communication = 0;
    };
    double percentile(double part) const;

    double seconds_;
    std::deque<Step> recent_;
};

// Seconds since some fixed moment, never going back.
double monotonicSeconds();

}  // namespace understudy::training
