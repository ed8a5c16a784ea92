// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/studio_fixture.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QPainter>
#include <QTimer>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>
#include <stdexcept>

#include "media/faceset/pack.h"
#include "training/plan/plan.h"
#include "training/plan/run_folder.h"
#include "ui/models/formatting.h"
#include "ui/window/watched_application.h"

namespace understudy::tests {

void ensureApplication() {
    static QApplication* application = [] {
        static int argc = 1;
        static char name[] = "test_ui";
        static char* argv[] = {name, nullptr};
        qputenv("QT_QPA_PLATFORM", "offscreen");
        auto* made = new ui::WatchedApplication(argc, argv);
        ui::applyTheme();
        return made;
    }();
    (void)application;
}

bool runUntil(const std::function<bool()>& condition, int limitMilliseconds) {
    QElapsedTimer clock;
    clock.start();
    while (!condition()) {
        if (clock.elapsed() > limitMilliseconds) {
            return false;
        }
        QEventLoop loop;
        QTimer::singleShot(5, &loop, &QEventLoop::quit);
        loop.exec();
    }
    return true;
}

void FakeGateway::start(training::StartJob job, Answer answer) {
    if (refuseNext) {
        answerLater(std::move(answer), *std::exchange(refuseNext, std::nullopt));
        return;
    }
    started.push_back(job);
    tell(jobOf(started.size() - 1));
    answerLater(std::move(answer), {});
}

// As the real one: never from within the request.
void FakeGateway::answerLater(Answer answer, Status status) {
    QTimer::singleShot(0, this, [answer = std::move(answer), status = std::move(status)] {
        if (answer) {
            answer(status);
        }
    });
}

training::JobInfo FakeGateway::jobOf(size_t request) const {
    const training::StartJob& job = started[request];
    training::JobInfo info;
    info.job = "job-" + std::to_string(request + 1);
    info.kind = job.kind;
    info.project = job.project;
    info.title = job.title;
    info.run = job.run;
    info.clip = job.clip;
    info.state = "queued";
    const auto out = std::find(job.arguments.begin(), job.arguments.end(), "--out");
    info.out = job.arguments.end() - out < 2 ? "" : *(out + 1);
    return info;
}

void FakeGateway::act(ui::JobAction action, const std::string& job, Answer answer) {
    if (refuseNext) {
        answerLater(std::move(answer), *std::exchange(refuseNext, std::nullopt));
        return;
    }
    actions.emplace_back(action, job);
    answerLater(std::move(answer), {});
}

void FakeGateway::change(training::ChangeJob change, Answer answer) {
    if (refuseNext) {
        answerLater(std::move(answer), *std::exchange(refuseNext, std::nullopt));
        return;
    }
    changes.push_back(std::move(change));
    answerLater(std::move(answer), {});
}

void FakeGateway::changeSettings(const std::string& job, std::vector<std::string> settings,
                                 const std::string& reason, Answer answer) {
    if (refuseNext) {
        answerLater(std::move(answer), *std::exchange(refuseNext, std::nullopt));
        return;
    }
    settingChanges.push_back({job, std::move(settings), reason});
    answerLater(std::move(answer), {});
}

void FakeGateway::listDevices(Devices answer) {
    ++devicesAsked;
    QTimer::singleShot(0, this, [this, answer = std::move(answer)] { answer(devices); });
}

void FakeGateway::setState(State state) {
    state_ = state;
    Q_EMIT stateChanged();
}

void FakeGateway::tell(const training::JobInfo& info) {
    training::JobChanged event;
    event.info = info;
    Q_EMIT received(event);
}

StudioFixture::StudioFixture() {
    ensureApplication();
    restart();
}

StudioFixture::~StudioFixture() {
    window.reset();
}

void StudioFixture::restart() {
    if (window) {
        window->close();
        window.reset();
    }
    settings = std::make_unique<ui::UiSettings>(ui::text((temp / "window.ini").string()));
    settings->setFlag("deliver/still", still);  // no renderer beside every test
    window = std::make_unique<ui::MainWindow>(&gateway, &dialogs, settings.get());
    window->resize(1920, 1080);
    window->show();
}

QString StudioFixture::projectFolder(const QString& name) const {
    return ui::text((temp / (ui::utf8(name) + ".understudy")).string());
}

void StudioFixture::openAndWait(const QString& folder) {
    window->openProject(folder);
    runUntil([this] { return window->studio().session.isOpen(); });
    runUntil(
        [this] { return !window->studio().faces.loading() && !window->studio().faces.ordering(); });
}

media::Landmarks drawnLandmarks(double size, double turn) {
    media::Landmarks points{};
    const double cx = size * (0.5 + 0.06 * turn);
    const double cy = size * 0.52;
    const auto at = [&](double x, double y) {
        return media::Point{cx + x * size + 0.05 * turn * size * std::cos(x * 3), cy + y * size};
    };
    for (int i = 0; i <= 16; ++i) {
        const double angle = 3.14159 * i / 16;
        points[static_cast<size_t>(i)] = {size / 2 - std::cos(angle) * 0.27 * size,
                                          cy + std::sin(angle) * 0.33 * size - 0.02 * size};
    }
    for (int i = 0; i < 5; ++i) {
        points[static_cast<size_t>(17 + i)] =
            at(-0.19 + 0.035 * i, -0.15 - 0.015 * (2 - std::abs(i - 2)));
        points[static_cast<size_t>(22 + i)] =
            at(0.05 + 0.035 * i, -0.15 - 0.015 * (2 - std::abs(i - 2)));
        points[static_cast<size_t>(31 + i)] = at(-0.05 + 0.025 * i, 0.07);
    }
    for (int i = 0; i < 4; ++i) {
        points[static_cast<size_t>(27 + i)] = at(0.01 * turn * i, -0.08 + 0.04 * i);
    }
    const auto ring = [&](int first, int count, double x, double y, double rx, double ry) {
        for (int i = 0; i < count; ++i) {
            const double angle = 3.14159 + 6.28318 * i / count;
            points[static_cast<size_t>(first + i)] =
                at(x + std::cos(angle) * rx, y + std::sin(angle) * ry);
        }
    };
    ring(36, 6, -0.12, -0.08, 0.045, 0.02);
    ring(42, 6, 0.12, -0.08, 0.045, 0.02);
    ring(48, 12, 0, 0.17, 0.09, 0.035);
    ring(60, 8, 0, 0.17, 0.06, 0.015);
    return points;
}

QImage drawnFace(int size, double turn, int hue) {
    QImage image(size, size, QImage::Format_RGB32);
    image.fill(QColor::fromHsv((hue + 190) % 360, 40, 70));
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto s = static_cast<double>(size);
    const QColor skin = QColor::fromHsv(hue % 360, 95, 205);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor::fromHsv((hue + 10) % 360, 120, 60));
    painter.drawEllipse(QPointF(s / 2, s * 0.42), s * 0.32, s * 0.38);
    painter.setBrush(skin);
    painter.drawEllipse(QPointF(s / 2, s * 0.52), s * 0.27, s * 0.34);
    const auto points = drawnLandmarks(s, turn);
    const auto polygon = [&](int first, int last) {
        QPolygonF shape;
        for (int i = first; i <= last; ++i) {
            shape << QPointF(points[static_cast<size_t>(i)].x, points[static_cast<size_t>(i)].y);
        }
        return shape;
    };
    painter.setBrush(QColor(245, 245, 240));
    painter.drawPolygon(polygon(36, 41));
    painter.drawPolygon(polygon(42, 47));
    painter.setBrush(QColor(50, 35, 30));
    for (const int eye : {36, 42}) {
        const QPointF centre = polygon(eye, eye + 5).boundingRect().center();
        painter.drawEllipse(centre, s * 0.017, s * 0.017);
    }
    painter.setBrush(QColor(170, 75, 75));
    painter.drawPolygon(polygon(48, 59));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor::fromHsv(hue % 360, 130, 140), s * 0.012));
    painter.drawPolyline(polygon(27, 30));
    painter.drawPolyline(polygon(31, 35));
    painter.setPen(QPen(QColor(60, 40, 30), s * 0.02));
    painter.drawPolyline(polygon(17, 21));
    painter.drawPolyline(polygon(22, 26));
    return image;
}

QImage drawnPlate(int i, int hue) {
    QImage plate(640, 360, QImage::Format_RGB32);
    plate.fill(QColor(70, 74, 72));
    QPainter painter(&plate);
    painter.fillRect(0, 250, 640, 110, QColor(52, 48, 44));
    painter.drawImage(200 + i, 40, drawnFace(256, std::sin(i * 0.2), hue));
    return plate;
}

std::string writePlate(const std::filesystem::path& folder, const std::string& name, int frames,
                       int hue) {
    std::filesystem::create_directories(folder);
    for (int i = 0; i < frames; ++i) {
        const auto file = folder / (name + "." + std::to_string(1001 + i) + ".png");
        drawnPlate(i, hue).save(ui::text(file.string()));
    }
    return (folder / (name + ".1001.png")).string();
}

namespace {

// Ben turns further than Anna, and is a little brighter; equal poses look the same.
media::FaceQualities qualitiesOf(const MadeClip& made, int pose, double turn) {
    media::FaceQualities measured;
    const bool ben = made.performer == "Ben";
    measured.sharpness = 0.3f + 0.01f * static_cast<float>(pose % 3);
    measured.yaw = static_cast<float>((ben ? 48 : 26) * turn);
    measured.pitch = static_cast<float>(14 * std::cos(pose * 0.9));
    measured.roll = static_cast<float>(pose % 5 - 2);
    measured.size = ben ? 150.0f : 170.0f;
    measured.brightness = 0.45f + 0.005f * static_cast<float>(pose) + (ben ? 0.02f : 0.0f);
    measured.occlusion = 0.01f * static_cast<float>(pose % 4);
    measured.outlier = 0.2f * static_cast<float>(pose % 6);
    measured.hash = 0x9E3779B97F4A7C15ull * static_cast<uint64_t>(pose + 1);
    return measured;
}

}  // namespace

void addClipWithFaces(media::Project& project, const MadeClip& made, int cropSize) {
    media::ClipRecord clip;
    clip.name = made.name;
    clip.performer = made.performer;
    clip.path = made.path.empty() ? "/nowhere/" + made.name + ".mov" : made.path;
    clip.frames = made.faces;
    clip.first = 1001;
    clip.last = 1000 + made.faces;
    clip.width = 640;
    clip.height = 360;
    clip.encoding = "srgb";
    clip = *project.addClip(clip);
    std::mt19937 random(static_cast<unsigned>(made.hue));
    std::uniform_real_distribution<float> unit(0, 1);
    std::filesystem::create_directories(project.facesetFolder());
    media::PackHeader header;
    header.type = media::FaceType::wholeFace;  // what the quick preset trains on
    header.size = cropSize;
    auto pack = media::PackWriter::open(
        project.facesetFolder() / media::packIndexName(clip.name, header.type, header.size),
        header);
    std::vector<media::FaceTruth> faces;
    const auto side = static_cast<size_t>(cropSize);
    std::vector<std::byte> pixels(side * side * 3);
    const std::vector<uint8_t> mask(side * side, 255);
    std::vector<QImage> poses;
    for (int pose = 0; pose < 16; ++pose) {
        poses.push_back(drawnFace(cropSize, std::sin(pose * 0.4), made.hue));
    }
    for (int i = 0; i < made.faces; ++i) {
        const int pose = i % 16;
        const double turn = std::sin(pose * 0.4);
        media::FaceTruth truth;
        truth.frame = 1001 + i;
        truth.how = i % 5 == 4 ? media::FoundHow::tracked : media::FoundHow::detected;
        truth.confidence = i % 37 == 9 ? 0.2f + 0.2f * unit(random) : 0.8f + 0.19f * unit(random);
        truth.jitter = i % 53 == 20 ? 9.0f : 0.3f + 0.4f * unit(random);
        const auto crop = drawnLandmarks(cropSize, turn);
        const double scale = 256.0 / cropSize;
        media::FaceRecord record;
        record.frame = truth.frame;
        record.confidence = truth.confidence;
        record.landmarks = crop;
        record.alignedFromFrame =
            media::Affine{1 / scale, 0, -(200.0 + i) / scale, 0, 1 / scale, -40 / scale};
        truth.landmarks = media::transformed(crop, record.alignedFromFrame.inverse());
        truth.qualities = qualitiesOf(made, pose, turn);
        faces.push_back(truth);
        const QImage& image = poses[static_cast<size_t>(pose)];
        for (size_t p = 0; p < side * side; ++p) {
            const QRgb value = reinterpret_cast<const QRgb*>(image.constBits())[p];
            pixels[3 * p] = static_cast<std::byte>(qRed(value));
            pixels[3 * p + 1] = static_cast<std::byte>(qGreen(value));
            pixels[3 * p + 2] = static_cast<std::byte>(qBlue(value));
        }
        if (!pack->append(record, pixels, mask).ok()) {
            std::abort();
        }
    }
    if (!pack->sync().ok() || !project.putFaces(clip.name, faces).ok()) {
        std::abort();
    }
}

void cutFaces(const media::Project& project, const std::string& clip, int size, size_t most) {
    media::PackHeader header;
    header.type = media::FaceType::wholeFace;
    header.size = size;
    auto pack = media::PackWriter::open(
        project.facesetFolder() / media::packIndexName(clip, header.type, size), header);
    const auto faces = project.faces(clip);
    if (!pack.ok() || !faces.ok()) {
        std::abort();
    }
    const auto side = static_cast<size_t>(size);
    const std::vector<std::byte> pixels(side * side * 3, std::byte{128});
    const std::vector<uint8_t> mask(side * side, 255);
    for (size_t i = 0; i < std::min(most, faces->size()); ++i) {
        media::FaceRecord record;
        record.frame = (*faces)[i].frame;
        record.landmarks = (*faces)[i].landmarks;
        if (!pack->append(record, pixels, mask).ok()) {
            std::abort();
        }
    }
    if (!pack->sync().ok()) {
        std::abort();
    }
}

void appendHistory(const std::filesystem::path& run, int64_t from, int64_t to, int64_t every,
                   double times) {
    std::ofstream file(training::RunFolder{run}.history(), std::ios::app);
    std::mt19937 random(static_cast<unsigned>(from + 7));
    std::normal_distribution<double> noise(0, 0.08);
    for (int64_t step = from; step <= to; step += every) {
        const double base = times * (0.05 + 1.6 * std::exp(-static_cast<double>(step) / 900) +
                                     0.4 * std::exp(-static_cast<double>(step) / 5000));
        training::HistoryLine line;
        line.step = step;
        line.time = static_cast<double>(step) / 14.2;
        const double source = base * std::exp(noise(random)) * (step % 997 < every ? 4 : 1);
        const double destination = base * 0.8 * std::exp(noise(random));
        line.terms = {{"source_dssim", source * 0.7},
                      {"source_mse", source * 0.3},
                      {"destination_dssim", destination * 0.7},
                      {"destination_mse", destination * 0.3}};
        line.loss = source + destination;
        if (step % (every * 20) == 0) {
            line.validation = base * 2.1;
        }
        line.learningRate = 5e-5;
        line.iterationsPerSecond = 14.2;
        line.dataWait = 0.03;
        file << training::historyToJson(line) << '\n';
    }
}

namespace {

void writePreview(const training::RunFolder& folder, int64_t step, double sharpness) {
    constexpr int kCell = 96;
    constexpr int kRows = 4;
    QImage atlas(kCell * 6, kCell * kRows, QImage::Format_RGB32);
    QPainter painter(&atlas);
    for (int row = 0; row < kRows; ++row) {
        const double turn = std::sin(row * 1.3);
        const auto soft = [&](const QImage& image) {
            const int low = std::max(6, static_cast<int>(kCell * sharpness));
            return image.scaled(low, low, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
                .scaled(kCell, kCell, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        };
        const QImage source = drawnFace(kCell, turn, 20);
        const QImage destination = drawnFace(kCell, turn * 0.7, 32);
        QImage mask(kCell, kCell, QImage::Format_RGB32);
        mask.fill(Qt::black);
        {
            QPainter m(&mask);
            m.setRenderHint(QPainter::Antialiasing);
            m.setBrush(Qt::white);
            m.drawEllipse(QPointF(kCell / 2.0, kCell * 0.52), kCell * 0.27, kCell * 0.34);
        }
        const QImage cells[] = {source,
                                soft(source),
                                destination,
                                soft(destination),
                                soft(drawnFace(kCell, turn * 0.7, 20)),
                                mask};
        for (int column = 0; column < 6; ++column) {
            painter.drawImage(column * kCell, row * kCell, cells[column]);
        }
    }
    painter.end();
    auto file = folder.preview(step);
    std::filesystem::create_directories(file.parent_path());
    atlas.save(ui::text(file.string()));
    std::ofstream json(file.replace_extension(".json"));
    json << R"({"faces":["again:1034","again:1071","help:1002","help:1050"],"columns":["source",)"
         << R"("source_out","destination","destination_out","swap","mask"],"cell":96})";
}

}  // namespace

void addRun(media::Project& project, const std::string& name, int64_t steps, int64_t planned) {
    const auto path = project.runFolder(name);
    std::filesystem::create_directories(path);
    training::Plan plan = *training::loadPreset("quick");
    plan.source = "Anna";
    plan.destination = "Ben";
    plan.steps = planned;
    const training::RunFolder folder{path};
    const bool written = training::savePlan(plan, folder.plan()).ok() &&
                         project.addRun({name, "Anna", "Ben", "2026-03-12T10:00:00Z"}).ok();
    if (!written) {
        std::abort();
    }
    appendHistory(path, 10, steps, 10);
    for (int64_t step = 1000; step <= steps; step += 1000) {
        writePreview(folder, step,
                     0.08 + 0.6 * static_cast<double>(step) / static_cast<double>(planned));
        const auto checkpoint = folder.checkpoint(step);
        std::filesystem::create_directories(checkpoint);
        std::ofstream(checkpoint / "manifest.json") << R"({"files":{}})";
    }
}

void makeShow(const std::filesystem::path& path, const std::filesystem::path& plates) {
    auto project = media::Project::create(path);
    const auto again = writePlate(plates / "a", "again", 48, 20);
    const auto bird = writePlate(plates / "b", "bird", 48, 32);
    addClipWithFaces(*project, {"again", "Anna", 48, 20, again}, 128);
    addClipWithFaces(*project, {"help", "Anna", 120, 18, {}}, 128);
    addClipWithFaces(*project, {"bird", "Ben", 48, 32, bird}, 128);
    addRun(*project, "r01", 3000, 3000);
    addRun(*project, "r02", 12400, 60000);
}

ShowFixture::ShowFixture() {
    makeShow(folder(), temp / "plates");
    openAndWait(projectFolder());
    if (!window->studio().session.isOpen()) {
        throw std::runtime_error("the made project does not open");
    }
}

std::filesystem::path ShowFixture::folder() const {
    return ui::utf8(projectFolder());
}

}  // namespace understudy::tests
