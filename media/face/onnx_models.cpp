#include "media/face/onnx_models.h"

#include <algorithm>
#include <cmath>

#include "media/face/gray_patch.h"
#include "media/face/onnx_description.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr double kMostOverlap = 0.4;

Error wrongOutput(const fs::path& model, const std::string& what) {
    return {ErrorCode::corruptData, "the face model's output does not fit: " + what, model.string(),
            "Correct the description beside it, or set the model to default"};
}

class OnnxDetector : public FaceDetector {
  public:
    OnnxDetector(std::shared_ptr<const OnnxNetwork> network, OnnxDescription description)
        : network_(std::move(network)), description_(std::move(description)) {}

    std::vector<FaceBox> detect(const Image& gray, double threshold) override {
        // Whole picture into the input's top left corner; grayPatch makes squares.
        const OnnxInput& input = description_.input;
        const double scale =
            std::min(1.0 * input.width / gray.width(), 1.0 * input.height / gray.height());
        const Image square =
            grayPatch(gray, {scale, 0, 0, 0, scale, 0}, std::max(input.width, input.height));
        Image picture(input.width, input.height, 1, SampleType::u8);
        const int rows = std::min(input.height, static_cast<int>(std::ceil(scale * gray.height())));
        const int columns =
            std::min(input.width, static_cast<int>(std::ceil(scale * gray.width())));
        for (int y = 0; y < rows; ++y) {
            std::copy_n(square.row<uint8_t>(y), columns, picture.row<uint8_t>(y));
        }
        const std::vector<OnnxTensor> found = network_->run(picture);
        return best(boxesOf(found[0], found[1], scale, threshold));
    }
    std::vector<FaceBox> detectSmallest(const Image& gray, double threshold) override {
        return detect(gray, threshold);
    }
    double smallestFace() const override { return 0; }

  private:
    std::vector<FaceBox> boxesOf(const OnnxTensor& boxes, const OnnxTensor& scores, double scale,
                                 double threshold) const {
        const double unitX = description_.pixels ? 1 : description_.input.width;
        const double unitY = description_.pixels ? 1 : description_.input.height;
        std::vector<FaceBox> result;
        for (size_t i = 0; 4 * i + 3 < boxes.values.size(); ++i) {
            const float* box = &boxes.values[4 * i];
            const double probability = scores.values[i * static_cast<size_t>(description_.classes) +
                                                     static_cast<size_t>(description_.face)];
            const double score = scoreOf(probability);
            double x0 = box[0] * unitX / scale, y0 = box[1] * unitY / scale;
            double x1 = box[2] * unitX / scale, y1 = box[3] * unitY / scale;
            if (description_.centreLayout) {
                const double width = x1, height = y1;
                x1 = x0 + width / 2, y1 = y0 + height / 2;
                x0 -= width / 2, y0 -= height / 2;
            }
            const double side = description_.grow * ((x1 - x0) + (y1 - y0)) / 2;
            const double cx = (x0 + x1) / 2;
            const double cy = (y0 + y1) / 2 + description_.shift * side;
            // Written so that NaN fails.
            if (score >= threshold && side >= 1 && std::isfinite(side + cx + cy)) {
                result.push_back(
                    {cx - side / 2, cy - side / 2, cx + side / 2, cy + side / 2, score});
            }
        }
        return result;
    }

    // On the default detector's scale: 0 at the threshold, 2 for what is sure.
    double scoreOf(double probability) const {
        const double t = description_.threshold;
        return probability >= t ? 2 * (probability - t) / (1 - t) : (probability - t) / t;
    }

    // Best first, without those that lie on a better one.
    static std::vector<FaceBox> best(std::vector<FaceBox> boxes) {
        std::stable_sort(boxes.begin(), boxes.end(),
                         [](const FaceBox& a, const FaceBox& b) { return a.score > b.score; });
        std::vector<FaceBox> kept;
        for (const FaceBox& box : boxes) {
            if (std::none_of(kept.begin(), kept.end(), [&](const FaceBox& other) {
                    return overlap(other, box) > kMostOverlap;
                })) {
                kept.push_back(box);
            }
        }
        return kept;
    }

    std::shared_ptr<const OnnxNetwork> network_;
    OnnxDescription description_;
};

class OnnxLandmarker : public Landmarker {
  public:
    OnnxLandmarker(std::shared_ptr<const OnnxNetwork> network, OnnxDescription description)
        : network_(std::move(network)), description_(std::move(description)) {}

    std::vector<Landmarks> landmarksIn(const Image& gray,
                                       std::span<const FaceBox> boxes) const override {
        std::vector<Landmarks> each;
        for (const FaceBox& box : boxes) {
            each.push_back(landmarksOf(gray, box));
        }
        return each;
    }

    // Why the output cannot be 68 points, empty where it can.
    static std::string misfit(const OnnxTensor& output, const OnnxDescription& description) {
        size_t least = kLandmarkCount;
        for (const int k : description.map) {
            least = std::max(least, static_cast<size_t>(k) + 1);
        }
        if (description.heatmaps) {
            const bool good = output.shape.size() == 4 && output.shape[0] == 1 &&
                              output.shape[1] >= static_cast<int>(least) && output.shape[2] > 0 &&
                              output.shape[3] > 0;
            return good ? "" : "heat maps have the shape 1, points, rows, columns";
        }
        const size_t points = output.values.size() / 2;
        const bool good = output.values.size() % 2 == 0 &&
                          (description.map.empty() ? points == least : points >= least);
        return good ? ""
                    : "it has " + std::to_string(output.values.size()) +
                          " numbers and not two for " + std::to_string(least) + " points";
    }

  private:
    Landmarks landmarksOf(const Image& gray, const FaceBox& box) const {
        const OnnxInput& input = description_.input;
        const double side = std::max(1.0, description_.grow * box.size());
        const Point corner = box.centre() - Point{side / 2, side / 2};
        const int square = std::max(input.width, input.height);
        const double scale = square / side;
        const Affine patchFromGray{scale, 0, -scale * corner.x, 0, scale, -scale * corner.y};
        Image picture = grayPatch(gray, patchFromGray, square);
        // Inputs that are not square see the square squeezed.
        const double sx = 1.0 * input.width / square;
        const double sy = 1.0 * input.height / square;
        if (input.width != input.height) {
            const Image whole = grayPatch(picture, {sx, 0, 0, 0, sy, 0}, square);
            picture = Image(input.width, input.height, 1, SampleType::u8);
            for (int y = 0; y < input.height; ++y) {
                std::copy_n(whole.row<uint8_t>(y), input.width, picture.row<uint8_t>(y));
            }
        }
        const OnnxTensor found = network_->run(picture).front();
        const Affine grayFromPatch = patchFromGray.inverse();
        Landmarks result;
        for (size_t i = 0; i < result.size(); ++i) {
            const size_t k =
                description_.map.empty() ? i : static_cast<size_t>(description_.map[i]);
            const Point p = description_.heatmaps ? peak(found, k) : point(found, k);
            result[i] = grayFromPatch({p.x / sx, p.y / sy});
        }
        return result;
    }

    Point point(const OnnxTensor& found, size_t k) const {
        const double unitX = description_.pixels ? 1 : description_.input.width;
        const double unitY = description_.pixels ? 1 : description_.input.height;
        return {found.values[2 * k] * unitX, found.values[2 * k + 1] * unitY};
    }

    // The centre of gravity of the highest value and its neighbours, in pixels of the input.
    Point peak(const OnnxTensor& found, size_t k) const {
        const int rows = found.shape[2];
        const int columns = found.shape[3];
        const float* map = &found.values[k * static_cast<size_t>(rows) * columns];
        const auto highest = std::max_element(map, map + static_cast<ptrdiff_t>(rows) * columns);
        const int at = static_cast<int>(highest - map);
        double sum = 0, x = 0, y = 0;
        for (int r = std::max(0, at / columns - 1); r <= std::min(rows - 1, at / columns + 1);
             ++r) {
            for (int c = std::max(0, at % columns - 1);
                 c <= std::min(columns - 1, at % columns + 1); ++c) {
                const double weight = std::max(1e-9f, map[r * columns + c]);
                sum += weight, x += weight * (c + 0.5), y += weight * (r + 0.5);
            }
        }
        return {x / sum * description_.input.width / columns,
                y / sum * description_.input.height / rows};
    }

    std::shared_ptr<const OnnxNetwork> network_;
    OnnxDescription description_;
};

}  // namespace

fs::path onnxDescription(const fs::path& model) {
    fs::path path = model;
    return path.replace_extension(".json");
}

Result<DetectorMaker> loadOnnxDetector(const fs::path& model) {
    US_ASSIGN(const OnnxDescription description,
              OnnxDescription::read(onnxDescription(model), "detector"));
    US_ASSIGN(const std::shared_ptr<const OnnxNetwork> network,
              OnnxNetwork::load(model, description.input, {description.boxes, description.scores}));
    const auto outputs =
        network->run(Image(description.input.width, description.input.height, 1, SampleType::u8));
    const size_t boxes = outputs[0].values.size();
    const size_t scores = outputs[1].values.size();
    if (boxes % 4 != 0 || scores != boxes / 4 * static_cast<size_t>(description.classes)) {
        return wrongOutput(model, std::to_string(boxes) + " numbers of boxes and " +
                                      std::to_string(scores) + " of scores");
    }
    return DetectorMaker([network, description]() -> std::unique_ptr<FaceDetector> {
        return std::make_unique<OnnxDetector>(network, description);
    });
}

Result<std::shared_ptr<const Landmarker>> loadOnnxLandmarker(const fs::path& model) {
    US_ASSIGN(const OnnxDescription description,
              OnnxDescription::read(onnxDescription(model), "landmarker"));
    US_ASSIGN(const std::shared_ptr<const OnnxNetwork> network,
              OnnxNetwork::load(model, description.input, {description.output}));
    const auto outputs =
        network->run(Image(description.input.width, description.input.height, 1, SampleType::u8));
    if (const std::string misfit = OnnxLandmarker::misfit(outputs[0], description);
        !misfit.empty()) {
        return wrongOutput(model, misfit);
    }
    return std::shared_ptr<const Landmarker>(
        std::make_shared<OnnxLandmarker>(network, description));
}

}  // namespace understudy::media
