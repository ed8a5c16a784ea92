#include "tests/training/engine/data/test_faces.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "training/plan/run_folder.h"

namespace understudy::tests {

namespace fs = std::filesystem;

namespace {

void require(const Status& status) {
    if (!status.ok()) {
        throw std::runtime_error(describe(status.error()));
    }
}

// Of values 0 to 1; enough for test pictures.
uint16_t halfOf(double value) {
    const auto bits = std::bit_cast<uint32_t>(static_cast<float>(value));
    const int exponent = static_cast<int>(bits >> 23) - 112;
    return exponent <= 0 ? 0 : static_cast<uint16_t>(exponent << 10 | (bits >> 13 & 0x3FF));
}

double smooth(double distance) {
    return std::clamp(0.5 - distance, 0.0, 1.0);  // one pixel of edge
}

struct Ellipse {
    double x, y, rx, ry;
    // Pixels outside the outline, about; negative inside.
    double distance(double px, double py) const {
        const double u = (px - x) / rx, v = (py - y) / ry;
        return (std::sqrt(u * u + v * v) - 1) * std::min(rx, ry);
    }
};

}  // namespace

std::vector<uint8_t> drawFace(const DrawnFaces& faces, int frame, std::vector<uint8_t>& mask,
                              media::Landmarks& landmarks) {
    const double n = faces.size, unit = n / (1 + 2 * faces.margin);
    const double phase = frame * 0.7;
    const double mouth = 0.03 + 0.025 * std::sin(phase), lid = 0.035 + 0.01 * std::cos(phase * 0.6);
    const double turn = 0.03 * std::sin(phase * 0.31);
    const auto at = [&](double x, double y) {
        return media::Point{n / 2 + (x + turn) * unit, n / 2 + y * unit};
    };
    const auto oval = [&](double x, double y, double rx, double ry) {
        return Ellipse{at(x, y).x, at(x, y).y, rx * unit, ry * unit};
    };
    const Ellipse head = oval(0, 0, 0.36, 0.46), lips = oval(0, 0.22, 0.12, mouth);
    const Ellipse eyes[2] = {oval(-0.15, -0.08, 0.07, lid), oval(0.15, -0.08, 0.07, lid)};
    const Ellipse pupils[2] = {oval(-0.15 + turn, -0.08, 0.025, 0.025),
                               oval(0.15 + turn, -0.08, 0.025, 0.025)};
    std::vector<uint8_t> pixels;
    mask.clear();
    for (int y = 0; y < faces.size; ++y) {
        for (int x = 0; x < faces.size; ++x) {
            const double px = x + 0.5, py = y + 0.5;
            const double inside = smooth(head.distance(px, py));
            const double shade = 1 - 0.3 * (px / n - 0.5) - 0.2 * (py / n - 0.5);
            for (int c = 0; c < 3; ++c) {
                double value = faces.skin[c] * shade;
                const auto over = [&](const Ellipse& part, double color) {
                    const double cover = smooth(part.distance(px, py));
                    value = cover * color + (1 - cover) * value;
                };
                for (int e = 0; e < 2; ++e) {
                    over(eyes[e], 0.95);
                    over(pupils[e], 0.1);
                }
                over(lips, c == 0 ? 0.6 : 0.2);
                const double background = 0.25 + 0.1 * std::sin(0.11 * (x + frame) + c);
                value = inside * value + (1 - inside) * background;
                pixels.push_back(
                    static_cast<uint8_t>(std::lround(255 * std::clamp(value, 0.0, 1.0))));
            }
            mask.push_back(static_cast<uint8_t>(std::lround(255 * inside)));
        }
    }
    landmarks.fill(at(0, 0));
    for (size_t i = 0; i < 6; ++i) {
        const double angle = 3.14159265 * (1 - static_cast<double>(i) / 3);
        landmarks[36 + i] = at(-0.15 + 0.07 * std::cos(angle), -0.08 - lid * std::sin(angle));
        landmarks[42 + i] = at(0.15 + 0.07 * std::cos(angle), -0.08 - lid * std::sin(angle));
    }
    for (size_t i = 0; i < 20; ++i) {
        const size_t k = i < 12 ? i : i - 12;
        const double angle = 2 * 3.14159265 * static_cast<double>(k) / (i < 12 ? 12 : 8);
        const double reach = i < 12 ? 1 : 0.7;
        landmarks[48 + i] =
            at(-0.12 * reach * std::cos(angle), 0.22 - mouth * reach * std::sin(angle));
    }
    return pixels;
}

fs::path writePack(const fs::path& folder, const DrawnFaces& faces) {
    fs::create_directories(folder);
    media::PackHeader header;
    header.size = faces.size;
    header.margin = faces.margin;
    header.encoding = faces.encoding;
    header.sample = faces.sample;
    const fs::path index =
        folder / media::packIndexName(faces.clip, media::FaceType::wholeFace, faces.size);
    auto writer = media::PackWriter::open(index, header);
    if (!writer.ok()) {
        throw std::runtime_error(describe(writer.error()));
    }
    for (int frame = 1; frame <= faces.count; ++frame) {
        media::FaceRecord record;
        record.frame = frame;
        record.confidence = 1;
        std::vector<uint8_t> mask;
        const std::vector<uint8_t> pixels = drawFace(faces, frame, mask, record.landmarks);
        if (faces.sample == media::PackSample::u8) {
            require(writer->append(record, std::as_bytes(std::span(pixels)), mask));
            continue;
        }
        std::vector<uint16_t> halves;
        for (const uint8_t value : pixels) {
            halves.push_back(halfOf(value / 255.0));
        }
        require(writer->append(record, std::as_bytes(std::span(halves)), mask));
    }
    require(writer->sync());
    return index;
}

training::Selection selectionOf(const std::vector<fs::path>& packs,
                                const std::vector<std::string>& performers) {
    training::Selection selection;
    for (size_t p = 0; p < packs.size(); ++p) {
        selection.packs.push_back(packs[p].string());
        auto reader = media::PackReader::open(packs[p]);
        if (!reader.ok()) {
            throw std::runtime_error(describe(reader.error()));
        }
        training::Identity identity;
        identity.performer = performers[p];
        for (size_t i = 0; i < reader->size(); ++i) {
            identity.faces.push_back({static_cast<uint32_t>(p), static_cast<uint32_t>(i),
                                      reader->storedHash(i), reader->record(i).frame});
        }
        selection.identities.push_back(std::move(identity));
    }
    return selection;
}

DrawnFaces drawnSource() {
    DrawnFaces faces;
    faces.clip = "again";
    faces.count = 24;
    return faces;
}

DrawnFaces drawnDestination() {
    DrawnFaces faces;
    faces.performer = std::string("b");
    faces.clip = "bird";
    faces.count = 30;
    const double skin[3] = {0.5, 0.35, 0.25};
    std::copy(skin, skin + 3, faces.skin);
    return faces;
}

training::Plan tinyPlan() {
    training::Plan plan;
    plan.source = std::string("a");
    plan.destination = std::string("b");
    plan.resolution = 64;
    plan.batch = 2;
    plan.encoderDims = 16;
    plan.decoderDims = 16;
    plan.maskDims = 8;
    plan.bottleneck = 32;
    plan.learningRate = 1e-3;
    plan.warmupSteps = 2;
    plan.steps = 20;
    plan.historyEvery = 5;
    plan.previewEvery = 1000;
    plan.checkpointEvery = 1000;
    plan.validationFaces = 2;
    plan.threads = 1;
    plan.devices = "cpu";
    plan.precision = "fp32";
    return plan;
}

std::vector<DrawnFaces> drawnPerformers() {
    std::vector<DrawnFaces> all = {drawnSource(), drawnDestination()};
    const double skins[4][3] = {
        {0.95, 0.85, 0.75}, {0.35, 0.25, 0.2}, {0.65, 0.45, 0.4}, {0.75, 0.7, 0.45}};
    const char* const performers[4] = {"c", "d", "e", "f"};
    for (size_t i = 0; i < 4; ++i) {
        DrawnFaces faces;
        faces.performer = std::string(performers[i]);
        faces.clip = std::string("clip_") + performers[i];
        faces.count = 26;
        std::copy(skins[i], skins[i] + 3, faces.skin);
        all.push_back(faces);
    }
    return all;
}

void writeRunOf(const fs::path& folder, const training::Plan& plan,
                const std::vector<DrawnFaces>& performers) {
    fs::create_directories(folder);
    std::vector<fs::path> packs;
    std::vector<std::string> names;
    for (const std::string& name : training::performersOf(plan)) {
        const auto found =
            std::find_if(performers.begin(), performers.end(),
                         [&](const DrawnFaces& faces) { return faces.performer == name; });
        if (found == performers.end()) {
            throw std::runtime_error("nobody is called " + name);
        }
        packs.push_back(writePack(folder / "faces", *found));
        names.push_back(name);
    }
    require(training::savePlan(plan, folder / "plan.json"));
    require(training::saveSelection(selectionOf(packs, names), folder / "selection.json"));
}

void writeRun(const fs::path& folder, const training::Plan& plan, const DrawnFaces& source,
              const DrawnFaces& destination) {
    writeRunOf(folder, plan, {source, destination});
}

int64_t lastStep(const fs::path& folder) {
    uint64_t offset = 0;
    const auto lines = training::readHistory(training::RunFolder{folder}.history(), offset);
    return lines.ok() && !lines->empty() ? lines->back().step : 0;
}

}  // namespace understudy::tests
