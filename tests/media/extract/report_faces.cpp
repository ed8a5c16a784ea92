// report_faces CLIP... [--sheets DIR]: a line of numbers for each clip, and a contact sheet of its
// crops with landmarks (green detected, red tracked) and mask outline.
#include <OpenImageIO/imageio.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "media/faceset/pack.h"
#include "tests/media/extract/reference.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

constexpr int kColumns = 10;

void drawFace(const PackReader& pack, size_t i, FoundHow how, cv::Mat cell) {
    const int size = pack.header().size;
    cv::Mat crop(size, size, CV_8UC3);
    std::memcpy(crop.data, pack.pixels(i).data(), pack.pixels(i).size());
    cv::Mat mask(size, size, CV_8UC1, const_cast<uint8_t*>(pack.mask(i).data()));
    std::vector<std::vector<cv::Point>> outlines;
    cv::findContours(cv::Mat(mask > 127), outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
    cv::drawContours(crop, outlines, -1, cv::Scalar(255, 220, 0), 1);
    const cv::Scalar color =
        how == FoundHow::detected ? cv::Scalar(0, 255, 0) : cv::Scalar(255, 0, 0);
    for (const Point p : pack.record(i).landmarks) {
        cv::circle(crop, cv::Point(static_cast<int>(p.x), static_cast<int>(p.y)), 0, color, -1);
    }
    cv::putText(crop, std::to_string(pack.record(i).frame), cv::Point(3, 14), 0, 0.45,
                cv::Scalar(255, 255, 255));
    crop.copyTo(cell);
}

void writeSheet(Project& project, const ExtractResult& result, const std::string& path) {
    const auto pack = PackReader::open(project.facesetFolder() /
                                       packIndexName(result.clip, FaceType::wholeFace, 160));
    if (!pack.ok()) {
        return;
    }
    const auto faces = project.faces(result.clip);
    const int rows = (static_cast<int>(pack->size()) + kColumns - 1) / kColumns;
    cv::Mat sheet(rows * 160, kColumns * 160, CV_8UC3, cv::Scalar(40, 40, 40));
    for (size_t i = 0; i < pack->size(); ++i) {
        FoundHow how = FoundHow::missed;
        for (const FaceTruth& face : *faces) {
            how = face.frame == pack->record(i).frame ? face.how : how;
        }
        drawFace(*pack, i, how,
                 sheet(cv::Rect(160 * static_cast<int>(i % kColumns),
                                160 * static_cast<int>(i / kColumns), 160, 160)));
    }
    const auto out = OIIO::ImageOutput::create(path);
    if (!out ||
        !out->open(path, OIIO::ImageSpec(sheet.cols, sheet.rows, 3, OIIO::TypeDesc::UINT8)) ||
        !out->write_image(OIIO::TypeDesc::UINT8, sheet.data) || !out->close()) {
        throw std::runtime_error("cannot write " + path);
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> clips;
    std::string sheets;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--sheets") == 0 && i + 1 < argc) {
            sheets = argv[++i];
        } else {
            clips.emplace_back(argv[i]);
        }
    }
    if (!sheets.empty()) {
        std::filesystem::create_directories(sheets);
    }
    std::printf(
        "clip       frames found detected tracked missed | reference frames, mean, worst (frame), "
        "worst inner | jitter px | frames/s\n");
    for (const std::string& clip : clips) {
        try {
            const TempFolder folder;
            Project project = projectOf(folder / "p.understudy", clip);
            const ExtractResult result =
                extracted(project, std::filesystem::path(clip).stem().string(), {.size = 160});
            const Deviation deviation = deviationFromReference(project, result.clip);
            std::printf(
                "%-10s %6ld %5ld %8ld %7ld %6zu | %3ld %.4f %.4f (%ld) %.4f | %.3f | %.1f\n",
                result.clip.c_str(), result.frames, result.found, result.detected, result.tracked,
                result.missed.size(), deviation.compared, deviation.mean, deviation.worst,
                deviation.worstFrame, deviation.worstInner, result.meanJitter,
                result.framesPerSecond);
            if (!sheets.empty()) {
                writeSheet(project, result, sheets + "/" + result.clip + ".png");
            }
        } catch (const std::exception& error) {
            std::cerr << clip << ": " << error.what() << "\n";
            return 1;
        }
    }
    return 0;
}
