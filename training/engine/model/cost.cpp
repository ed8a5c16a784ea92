// What a network costs, from its description alone: a form can show it before anything is built.
#include "training/engine/model/parts.h"

namespace understudy::training {

namespace {

struct Cost {
    int64_t parameters = 0;
    double multiplyAdds = 0;  // of one image

    // `side`: edge of the result.
    void conv(int64_t inputs, int64_t outputs, int64_t kernel, int64_t side) {
        parameters += outputs * (inputs * kernel * kernel + 1);
        multiplyAdds += static_cast<double>(outputs * inputs * kernel * kernel) *
                        static_cast<double>(side * side);
    }
    void dense(int64_t inputs, int64_t outputs) {
        parameters += outputs * (inputs + 1);
        multiplyAdds += static_cast<double>(inputs * outputs);
    }
    void residual(int64_t channels, int64_t side) {
        conv(channels, channels, 3, side);
        conv(channels, channels, 3, side);
    }
};

Cost encoderCost(const ModelSpec& spec) {
    Cost cost;
    const auto widths = encoderWidths(spec);
    int64_t inputs = 3, side = spec.resolution;
    for (size_t n = 0; n < widths.size(); ++n) {
        side /= 2;
        cost.conv(inputs, widths[n], 5, side);
        if (spec.has('t') && (n == 0 || n + 1 == widths.size())) {
            cost.residual(widths[n], side);
        }
        inputs = widths[n];
    }
    return cost;
}

Cost interCost(const ModelSpec& spec) {
    Cost cost;
    const int64_t channels = interChannels(spec), side = Inter::side(spec);
    cost.dense(Encoder::size(spec), spec.bottleneck);
    cost.dense(spec.bottleneck, channels * side * side);
    if (!spec.has('t')) {
        cost.conv(channels, 4 * channels, 3, side);
    }
    return cost;
}

Cost decoderCost(const ModelSpec& spec) {
    Cost cost;
    const int64_t first = Inter::codeSide(spec);
    int64_t inputs = codeChannels(spec), side = first;
    for (const int outputs : decoderWidths(spec)) {
        cost.conv(inputs, 4 * outputs, 3, side);
        side *= 2;
        cost.residual(outputs, side);
        inputs = outputs;
    }
    cost.conv(inputs, 3, 1, side);
    for (int phase = 1; phase < 4 && spec.has('d'); ++phase) {
        cost.conv(inputs, 3, 3, side);
    }
    inputs = codeChannels(spec);
    side = first;
    for (const int outputs : maskWidths(spec)) {
        cost.conv(inputs, 4 * outputs, 3, side);
        side *= 2;
        inputs = outputs;
    }
    cost.conv(inputs, 1, 1, side);
    return cost;
}

}  // namespace

Result<int64_t> parameterCount(const ModelSpec& spec) {
    US_TRY(spec.check());
    const int64_t shared = encoderCost(spec).parameters + interCost(spec).parameters;
    const int64_t decoder = decoderCost(spec).parameters;
    if (spec.model == "df") {
        return shared + spec.identities * decoder;
    }
    const int64_t side = Inter::codeSide(spec);
    return shared + interCost(spec).parameters + decoder +
           (spec.identities - 2) * interChannels(spec) * side * side;
}

Result<double> forwardGmac(const ModelSpec& spec) {
    US_TRY(spec.check());
    // liae sends both faces through inter AB and the destination through B as well.
    const double inters = spec.model == "liae" ? 3 : 2;
    return (2 * encoderCost(spec).multiplyAdds + inters * interCost(spec).multiplyAdds +
            2 * decoderCost(spec).multiplyAdds) /
           1e9;
}

}  // namespace understudy::training
