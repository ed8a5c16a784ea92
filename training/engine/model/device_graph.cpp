#include "training/engine/model/device_graph.h"

#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>

#include "media/base/paths.h"
#include "training/engine/model/device.h"

namespace understudy::training {

namespace {

struct GraphModule {
    UsMakeCudaGraph make = nullptr;
};

Result<GraphModule> loadModule() {
    US_TRY(ensureCuda());
    const auto library =
        programFolder().parent_path() / "lib" / "understudy" / "understudy-cuda.so";
    void* module = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* entry = module != nullptr ? ::dlsym(module, kCudaGraphEntry) : nullptr;
    if (entry == nullptr) {
        const char* reason = ::dlerror();
        return Error{ErrorCode::deviceUnavailable,
                     std::string("the module for CUDA graphs does not load: ") +
                         (reason != nullptr ? reason : "unknown reason"),
                     library.string(), "Install Understudy again, or train with cudaGraphs=false"};
    }
    return GraphModule{reinterpret_cast<UsMakeCudaGraph>(entry)};
}

}  // namespace

Result<std::unique_ptr<DeviceGraph>> makeCudaGraph() {
    static const Result<GraphModule> module = loadModule();
    US_TRY(module);
    return std::unique_ptr<DeviceGraph>(module->make());
}

void useOwnStream(torch::Device device) {
    const c10::impl::VirtualGuardImpl guard(device.type());
    const c10::Stream before = guard.getStream(device);
    const c10::Stream own = guard.getStreamFromGlobalPool(device);
    // What was begun on the other comes first.
    c10::Event begun(device.type());
    begun.record(before);
    begun.block(own);
    guard.exchangeStream(own);
}

}  // namespace understudy::training
