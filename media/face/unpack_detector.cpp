// Build step: writes dlib's detector of faces as an array of bytes, unpacked. In dlib it is packed
// text, which takes half a second to unpack each time a program starts.
#include <dlib/image_processing/frontal_face_detector.h>

#include <cstdio>
#include <fstream>
#include <sstream>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "unpack_detector FILE.cpp\n");
        return 1;
    }
    std::ostringstream packed;
    dlib::serialize(dlib::get_frontal_face_detector(), packed);
    const std::string bytes = packed.str();
    std::ofstream out(argv[1]);
    out << "#include \"media/face/detector_bytes.h\"\n\nnamespace understudy::media {\n\n"
        << "namespace {\nconstexpr unsigned char kBytes[] = {";
    for (size_t i = 0; i < bytes.size(); ++i) {
        out << (i % 24 == 0 ? "\n" : "") << static_cast<int>(static_cast<unsigned char>(bytes[i]))
            << ",";
    }
    out << "\n};\n}\n\nstd::string_view detectorBytes() {\n"
        << "    return {reinterpret_cast<const char*>(kBytes), sizeof kBytes};\n}\n\n}\n";
    out.close();
    return out ? 0 : 1;
}
