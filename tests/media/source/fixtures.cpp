#include "tests/media/source/fixtures.h"

#include <stdexcept>

#include "tests/support/process.h"

namespace understudy::tests {

void ffmpeg(const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"-hide_banner", "-loglevel", "error", "-y", "-nostdin"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const ProcessResult result = runProcess("ffmpeg", all);
    if (result.exitCode != 0) {
        throw std::runtime_error("ffmpeg: " + result.err);
    }
}

std::string probe(const std::filesystem::path& path, const std::string& entries,
                  const std::string& stream) {
    return runProcess("ffprobe", {"-v", "error", "-select_streams", stream, "-show_entries",
                                  entries, "-of", "default=nw=1", path.string()})
        .out;
}

void makeNumbered(const std::filesystem::path& path, int frames, const std::string& size,
                  const std::vector<std::string>& encode) {
    const std::string square = "if(lt(X,32)*lt(Y,32),";
    std::vector<std::string> arguments = {"-f",
                                          "lavfi",
                                          "-i",
                                          "testsrc2=s=" + size + ":r=25",
                                          "-frames:v",
                                          std::to_string(frames),
                                          "-vf",
                                          "format=yuv420p,geq=lum='" + square +
                                              "30+3*N,lum(X,Y))':cb='if(lt(X,16)*lt(Y,16),128,cb(X,"
                                              "Y))':cr='if(lt(X,16)*lt(Y,16),128,cr(X,Y))'"};
    arguments.insert(arguments.end(), encode.begin(), encode.end());
    arguments.push_back(path.string());
    ffmpeg(arguments);
}

double meanOf(const media::Image& image, int channel, int x, int y, int width, int height) {
    const media::Image values = media::toFloat(image);
    double sum = 0;
    for (int row = y; row < y + height; ++row) {
        for (int column = x; column < x + width; ++column) {
            sum += values.row<float>(row)[column * values.channels() + channel];
        }
    }
    return sum / (static_cast<double>(width) * height);
}

double numberShown(const media::Frame& frame) {
    const double luma = meanOf(frame.pixels, 1, 8, 8, 16, 16) * 219 + 16;
    return (luma - 30) / 3 + 1;
}

void makeFlat(const std::filesystem::path& path, const std::string& color, const std::string& size,
              const std::vector<std::string>& encode) {
    std::vector<std::string> arguments = {
        "-f",        "lavfi", "-i", "color=c=" + color + ":s=" + size + ":r=25,format=gbrp",
        "-frames:v", "3"};
    arguments.insert(arguments.end(), encode.begin(), encode.end());
    arguments.push_back(path.string());
    ffmpeg(arguments);
}

std::unique_ptr<media::FrameSource> mustOpen(const std::filesystem::path& path) {
    auto source = media::openSource(path.string());
    if (!source.ok()) {
        throw std::runtime_error(describe(source.error()));
    }
    return std::move(source).value();
}

media::Frame mustRead(media::FrameSource& source, media::FrameNumber number) {
    auto frame = source.read(number);
    if (!frame.ok()) {
        throw std::runtime_error(describe(frame.error()));
    }
    return std::move(frame).value();
}

}  // namespace understudy::tests
