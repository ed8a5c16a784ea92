// performer_table [IDENTITIES] [FIRST_SEED]: how many rendered faces are found, and how far their
// landmarks lie from the truth, by yaw, pitch and expression.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/media/synthetic/judge.h"

using namespace understudy::media;
using namespace understudy::tests;

namespace {

struct Row {
    int shown = 0, found = 0;
    double inner = 0, jaw = 0;

    void add(const std::optional<Seen>& seen) {
        ++shown;
        if (seen) {
            ++found;
            inner += seen->inner;
            jaw += seen->jaw;
        }
    }
    void print(const std::string& name) const {
        const double n = found > 0 ? found : 1;
        std::printf("%-16s %5d shown %6.1f %% found   inner %5.2f %%   jaw %5.2f %%\n",
                    name.c_str(), shown, 100.0 * found / shown, 100 * inner / n, 100 * jaw / n);
    }
};

constexpr float kDegree = 0.0174533f;

}  // namespace

int main(int argc, char** argv) {
    const int identities = argc > 1 ? std::atoi(argv[1]) : 4;
    const uint64_t first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    static const std::map<std::string, Expression> kExpressions = {
        {"at rest", {}},
        {"smile", {.squint = 0.5f, .smile = 0.9f}},
        {"talk", {.jawOpen = 0.6f}},
        {"blink", {.blink = 1}},
        {"pucker", {.pucker = 0.9f}},
        {"brows up", {.browRaise = 1}}};
    Judge judge;
    Row all;
    std::map<int, Row> byYaw, byPitch, byIdentity;
    std::map<std::string, Row> byExpression;
    for (int i = 0; i < identities; ++i) {
        const Performer performer(identityOf(first + static_cast<uint64_t>(i)));
        for (const int yaw : {-35, -20, -10, 0, 10, 20, 35}) {
            for (const int pitch : {-20, 0, 20}) {
                for (const auto& [name, expression] : kExpressions) {
                    Moment moment;
                    moment.expression = expression;
                    moment.pose.yaw = kDegree * static_cast<float>(yaw);
                    moment.pose.pitch = kDegree * static_cast<float>(pitch);
                    moment.pose.roll = 0.05f * static_cast<float>(i % 5 - 2);
                    moment.backgroundSeed = static_cast<uint32_t>(i);
                    const auto seen = judge.look(performer.render(moment, 640, 480));
                    all.add(seen);
                    byYaw[std::abs(yaw)].add(seen);
                    byPitch[pitch].add(seen);
                    byIdentity[i].add(seen);
                    byExpression[name].add(seen);
                }
            }
        }
    }
    all.print("all");
    for (const auto& [yaw, row] : byYaw) {
        row.print("yaw " + std::to_string(yaw));
    }
    for (const auto& [pitch, row] : byPitch) {
        row.print("pitch " + std::to_string(pitch));
    }
    for (const auto& [name, row] : byExpression) {
        row.print(name);
    }
    for (const auto& [i, row] : byIdentity) {
        row.print("identity " + std::to_string(first + static_cast<uint64_t>(i)));
    }
}
