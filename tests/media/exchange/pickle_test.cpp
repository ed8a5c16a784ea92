// Pickles are programs: those that only build data are read, all others are refused by name.
#include "media/exchange/pickle.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "media/exchange/dfl_face.h"
#include "tests/media/exchange/made_pickles.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;
using namespace understudy::tests::pickled;

namespace {

std::string refusal(const std::string& bytes, const PickleLimits& limits = {}) {
    const auto pickle = Pickle::read(bytes, "a file", limits);
    REQUIRE_FALSE(pickle.ok());
    CHECK(pickle.error().code == ErrorCode::corruptData);
    CHECK(pickle.error().where == "a file");
    return pickle.error().message;
}

bool contains(const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

const std::string kZero(1, '\0');

}  // namespace

TEST_CASE("plain data are read") {
    const std::string bytes = whole(list("K\x07M\x01\x02J\xfe\xff\xff\xff\x8a\x02\xfe\xff" +
                                         real(1.5) + "\x88N" + text("name") + "C\x02xy" +
                                         dict(text("a") + "K\x01" + text("a") + "K\x02") + ")"));
    const auto pickle = Pickle::read(bytes, "a file");
    REQUIRE(pickle.ok());
    const PickleValue& all = pickle->value();
    REQUIRE(all.kind() == PickleKind::list);
    REQUIRE(all.size() == 11);
    CHECK(all.item(0).integer() == 7);
    CHECK(all.item(1).integer() == 513);
    CHECK(all.item(2).integer() == -2);
    CHECK(all.item(3).integer() == -2);
    CHECK(all.item(4).number() == 1.5);
    CHECK(all.item(5).integer() == 1);
    CHECK(all.item(6).kind() == PickleKind::none);
    CHECK(all.item(7).text() == "name");
    CHECK(all.item(8).bytes() == "xy");
    CHECK(all.item(9).find("a").integer() == 2);
    CHECK(all.item(9).find("b").kind() == PickleKind::none);
    CHECK(all.item(10).kind() == PickleKind::tuple);
}

TEST_CASE("arrays are read in any order of bytes and axes") {
    const std::string numbers = std::string("\x00\x01\x00\x02\x00\x03\x00\x04\x00\x05\x00\x06", 12);
    const std::string shape = "K\x02K\x03\x86";
    const auto rows = Pickle::read(whole(array(shape, numbers, format("u2", ">"))), "");
    const auto columns = Pickle::read(whole(array(shape, numbers, format("u2", ">"), true)), "");
    REQUIRE(rows.ok());
    REQUIRE(columns.ok());
    const PickleArray* byRows = rows->value().array();
    const PickleArray* byColumns = columns->value().array();
    REQUIRE(byRows != nullptr);
    REQUIRE(byColumns != nullptr);
    CHECK(byRows->shape == std::vector<uint64_t>{2, 3});
    const double inRows[] = {1, 2, 3, 4, 5, 6};
    const double inColumns[] = {1, 3, 5, 2, 4, 6};  // numpy's own reading of the same bytes
    for (uint64_t i = 0; i < 6; ++i) {
        CHECK(byRows->at(i) == inRows[i]);
        CHECK(byColumns->at(i) == inColumns[i]);
    }
    // Sizes that lie.
    CHECK(contains(refusal(whole(array(shape, numbers, format("f8")))), "size"));
    const std::string huge = "\x8a\x08" + std::string(7, '\xff') + "\x7f";
    CHECK(contains(refusal(whole(array(huge + huge + "\x86", numbers, format("f8")))), "shape"));
    CHECK(contains(refusal(whole(array("\x8a\x01\xff\x85", "", format("f8")))), "shape"));
    for (const char* name : {"O8", "O", "V16", "f16", "f2", "S4", "", "U1"}) {
        CHECK(contains(refusal(whole(array(shape, numbers, format(name)))), "format"));
    }
}

TEST_CASE("what could run something is refused by name") {
    const std::string call = "(" + text("true") + "tR";
    CHECK(contains(refusal(whole(global("os", "system") + call)), "os.system"));
    CHECK(contains(refusal(whole(global("posix", "system") + call)), "posix.system"));
    CHECK(contains(refusal(whole(global("builtins", "eval") + call)), "builtins.eval"));
    CHECK(contains(refusal(whole(text("subprocess") + text("Popen") + "\x93" + call)),
                   "subprocess.Popen"));
    CHECK(contains(refusal(whole(global("numpy", "load") + call)), "numpy.load"));
    CHECK(contains(refusal(whole("(" + text("x") + "ios\nsystem\n")), "0x69"));  // INST
    CHECK(contains(refusal(whole("(" + text("x") + "o")), "0x6f"));              // OBJ
    CHECK(contains(refusal(whole(")" + std::string("\x81"))), "0x81"));          // NEWOBJ
    CHECK(contains(refusal(whole("\x82\x01")), "0x82"));                         // EXT1
    CHECK(contains(refusal(whole("Pname\n")), "0x50"));                          // PERSID
    // Known names with what they are not made for, or as if they were data.
    refusal(whole(text("x") + ")R"));
    refusal(whole(global("numpy", "ndarray") + ")R"));
    refusal(whole(global("numpy.core.multiarray", "_reconstruct") + "(" + global("numpy", "dtype") +
                  "K" + kZero + "\x85" + bytes("b") + "tR"));
    refusal(whole(dict("") + dict("") + "b"));
    refusal(whole(global("numpy", "ndarray")));
    refusal(whole(global("facelib.FaceType", "FaceType") + "(tR"));
}

TEST_CASE("damaged, endless and swollen pickles are refused") {
    const auto landmarks = madeLandmarks(256);
    const std::string good = dflData(landmarks, &landmarks, "00017.png");
    REQUIRE(Pickle::read(good, "").ok());
    for (size_t length = 0; length < good.size(); ++length) {
        REQUIRE_FALSE(Pickle::read(std::string_view(good).substr(0, length), "").ok());
    }
    CHECK(contains(refusal("\x80\x01N."), "protocol"));
    CHECK(contains(refusal("\x80\x06N."), "protocol"));
    refusal(whole("a"));
    refusal(whole("N(0"));  // what lies below a mark is not to be taken
    refusal(whole("]K\x01K\x02u"));
    refusal(whole("}(K\x01u"));
    refusal(whole("h\x05"));
    refusal(whole("\x94"));
    refusal(whole("\x8a\x09" + std::string(9, 'x')));
    refusal(whole("\x8d" + std::string(8, '\xff')));
    refusal(whole("\x95" + std::string(8, '\xff') + "N"));
    const PickleLimits small{.bytes = 1u << 20, .memory = 1u << 20};
    CHECK(contains(refusal(whole(std::string(200000, 'N')), small), "too large"));
    std::string memos = "N";
    for (uint32_t i = 0; i < 50000; ++i) {
        memos += "r" + little(i, 4);
    }
    CHECK(contains(refusal(whole(memos), small), "too large"));
    CHECK(contains(refusal(whole(std::string(2u << 20, 'N')), small), "too large"));
    // Deep and circular ones are nothing special: nobody follows them.
    CHECK(Pickle::read(whole(std::string(100000, ']') + std::string(99999, 'a')), "").ok());
    const auto itself = Pickle::read(whole("]q" + kZero + "h" + kZero + "a"), "");
    REQUIRE(itself.ok());
    CHECK(itself->value().item(0).item(0).item(0).size() == 1);
}

TEST_CASE("the data in an aligned picture are read, and only there") {
    const auto inPicture = madeLandmarks(256);
    const auto inFrame = madeLandmarks(600, 40);
    const std::string jpeg = emptyJpeg(320, 256);
    const auto face = readDflFace(withData(jpeg, dflData(inPicture, &inFrame, "x/00017.png")), "p");
    REQUIRE(face.ok());
    CHECK(face->sourceName == "00017.png");
    CHECK(face->faceType == "whole_face");
    CHECK(face->width == 320);
    CHECK(face->height == 256);
    REQUIRE(face->inFrame.has_value());
    for (size_t i = 0; i < inFrame.size(); ++i) {
        CHECK(distance((*face->inFrame)[i], inFrame[i]) < 1e-9);
        CHECK(distance(face->inPicture[i], inPicture[i]) < 1e-9);
    }
    const auto error = [](const std::string& bytes) {
        const auto refused = readDflFace(bytes, "p");
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == ErrorCode::corruptData);
        return refused.error().message;
    };
    CHECK(contains(error(jpeg), "no data of DeepFaceLab"));
    CHECK(contains(error("not a picture"), "JPEG"));
    CHECK(contains(error(withData(jpeg, whole("]"))), "dictionary"));
    CHECK(contains(error(withData(jpeg, whole("}"))), "landmarks"));
    CHECK(contains(error(withData(jpeg, whole(global("os", "system") + "(tR"))), "os.system"));
    auto nowhere = inFrame;
    nowhere[3].x = std::nan("");
    error(withData(jpeg, dflData(inPicture, &nowhere, "a.png")));
    nowhere[3].x = 1e300;
    error(withData(jpeg, dflData(inPicture, &nowhere, "a.png")));
}
