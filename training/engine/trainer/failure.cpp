#include "training/engine/trainer/failure.h"

#include <c10/util/Exception.h>

#include <new>
#include <string>
#include <string_view>

#include "media/base/grouped.h"

namespace understudy::training {

bool isOutOfMemory(const std::exception& thrown) {
    return dynamic_cast<const c10::OutOfMemoryError*>(&thrown) != nullptr ||
           dynamic_cast<const std::bad_alloc*>(&thrown) != nullptr ||
           std::string_view(thrown.what()).find("can't allocate memory") != std::string_view::npos;
}

bool isDeviceFailure(const std::exception& thrown) {
    const std::string_view text = thrown.what();
    return text.find("CUDA") != std::string_view::npos ||
           text.find("cuDNN") != std::string_view::npos;
}

Error deviceFailure(const std::string& device, const std::string& said, int64_t step,
                    int64_t saved) {
    const size_t colon = device.rfind(':');
    const std::string name =
        colon == std::string::npos ? "GPU " + device : "GPU " + device.substr(colon + 1);
    return {ErrorCode::transient,
            name + " failed at step " + grouped(std::to_string(step)) + ": " +
                said.substr(0, said.find('\n')) +
                (saved < 0 ? "; nothing was saved yet"
                           : "; saved at step " + grouped(std::to_string(saved))),
            device,
            "Go on with the devices that are left, or look at the log; if it stays, restart the "
            "machine or update the driver"};
}

Error errorOfException(const std::exception& thrown) {
    std::string text = thrown.what();
    text = text.substr(0, text.find('\n'));
    if (isOutOfMemory(thrown)) {
        return {
            ErrorCode::usage, "the network and its batch do not fit in memory", text,
            "Set recompute=true or a larger accumulate, lower batch, resolution or decoderDims, or "
            "use a device with more memory"};
    }
    if (isDeviceFailure(thrown)) {
        return {ErrorCode::transient, "the GPU failed: " + text, "device",
                "Try again; if it stays, restart the machine or update the driver"};
    }
    return {ErrorCode::environment, "the training library failed: " + text, "torch",
            "Try again; if it stays, report this message with the plan"};
}

}  // namespace understudy::training
