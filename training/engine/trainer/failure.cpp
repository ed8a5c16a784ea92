#include "training/engine/trainer/failure.h"

#include <c10/util/Exception.h>

#include <new>
#include <string>

namespace understudy::training {

Error errorOfException(const std::exception& thrown) {
    std::string text = thrown.what();
    text = text.substr(0, text.find('\n'));
    const bool memory = dynamic_cast<const c10::OutOfMemoryError*>(&thrown) != nullptr ||
                        dynamic_cast<const std::bad_alloc*>(&thrown) != nullptr ||
                        text.find("can't allocate memory") != std::string::npos;
    if (memory) {
        return {ErrorCode::usage, "the network and its batch do not fit in memory", text,
                "Lower batch, resolution or decoderDims, or use a device with more memory"};
    }
    if (text.find("CUDA") != std::string::npos || text.find("cuDNN") != std::string::npos) {
        return {ErrorCode::transient, "the GPU failed: " + text, "device",
                "Try again; if it stays, restart the machine or update the driver"};
    }
    return {ErrorCode::environment, "the training library failed: " + text, "torch",
            "Try again; if it stays, report this message with the plan"};
}

}  // namespace understudy::training
