// Renders one swap, or serves previews: see --help.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "app/renderer/arguments.h"
#include "app/renderer/preview_server.h"
#include "app/renderer/render.h"
#include "training/protocol/job_state.h"

using namespace understudy;
using training::JobChannel;

namespace {

int finish(JobChannel& channel, const Error& error) {
    return channel.finish(static_cast<int>(error.code), training::jobError(error), "");
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const Result<Arguments> arguments = parseArguments(words);
    if (!arguments) {
        const bool lines = std::find(words.begin(), words.end(), "--json-lines") != words.end();
        JobChannel channel(lines, false);
        return finish(channel, arguments.error());
    }
    if (arguments->text) {
        std::fputs(arguments->text->c_str(), stdout);
        return 0;
    }
    JobChannel channel(arguments->jsonLines, arguments->followStdin);
    if (arguments->serve) {
        PreviewServer(channel).run();
        return channel.finish(0, std::nullopt, "");
    }
    const auto result = render(arguments->render, channel, channel.stopToken(), nullptr);
    return result ? channel.finish(0, std::nullopt, *result) : finish(channel, result.error());
}
