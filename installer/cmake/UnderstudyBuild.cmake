# How everything in Understudy is compiled, and the helpers that the folders' lists use.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
# An installed program finds LibTorch where the built one did.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
# One flag for libraries and programs alike, so that all can share the precompiled torch header.
add_compile_options(-fPIC -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12 warns falsely of "literal" + std::string (its bug 105651).
    add_compile_options(-Wno-restrict)
endif()
if(US_WERROR)
    add_compile_options(-Werror)
endif()
if(US_SANITIZE)
    add_compile_options(-fsanitize=${US_SANITIZE} -fno-omit-frame-pointer -g)
    # With the checks in between, GCC 12 warns of uninitialised members of std::optional by mistake.
    add_compile_options(-Wno-maybe-uninitialized)
    add_link_options(-fsanitize=${US_SANITIZE})
endif()
add_compile_definitions(QT_NO_KEYWORDS QT_DISABLE_DEPRECATED_BEFORE=0x060000 US_VERSION="${PROJECT_VERSION}")

find_program(US_CCACHE ccache)
if(US_CCACHE)
    # Precompiled headers need both the sloppiness and -fpch-preprocess to be cached.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
        "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime" "${US_CCACHE}")
    add_compile_options(-fpch-preprocess)
endif()
find_program(US_MOLD mold)
if(US_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12.1)
    add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
if(US_HEADERS)
    include_directories(SYSTEM "${US_HEADERS}")
endif()

# us_add_library(NAME SOURCES a.cpp b.h … [PUBLIC lib…] [PRIVATE lib…])
# A static library, one a folder, with the include root at the top of the tree.
function(us_add_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
    us_use_torch_header(${name} ${ARG_PUBLIC} ${ARG_PRIVATE})
endfunction()

# us_add_program(NAME SOURCES main.cpp LIBS lib…): a program in bin/.
function(us_add_program name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE ${ARG_LIBS})
endfunction()

# us_add_test(NAME SOURCES … LIBS … [SOAK | GPU] [NEEDS program…] [TIMEOUT s])
# A Catch2 program. All cases but those tagged [soak] run under the label `quick`; with SOAK a
# second entry runs the tagged ones under the label `soak`; with GPU all run under `cuda` alone and
# need an NVIDIA GPU. NEEDS: programs that the cases start.
function(us_add_test name)
    cmake_parse_arguments(ARG "SOAK;GPU" "TIMEOUT" "SOURCES;LIBS;NEEDS" ${ARGN})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE ${ARG_LIBS} us_test_main)
    us_use_torch_header(${name} ${ARG_LIBS})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
    if(ARG_NEEDS)
        add_dependencies(${name} ${ARG_NEEDS})
    endif()
    add_test(NAME ${name} COMMAND ${name} "~[soak]")
    set(label quick)
    if(ARG_GPU)
        set(label cuda)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${ARG_TIMEOUT}
        ENVIRONMENT "UNDERSTUDY_BIN=${PROJECT_BINARY_DIR}/bin;QT_QPA_PLATFORM=offscreen")
    if(ARG_SOAK)
        add_test(NAME ${name}.soak COMMAND ${name} "[soak]")
        set_tests_properties(${name}.soak PROPERTIES LABELS soak TIMEOUT 3600
            ENVIRONMENT "UNDERSTUDY_BIN=${PROJECT_BINARY_DIR}/bin;QT_QPA_PLATFORM=offscreen")
    endif()
endfunction()

# A plain torch file takes 25 to 30 s to compile, with the shared precompiled header 15 s.
function(us_use_torch_header name)
    if("LibTorch::LibTorch" IN_LIST ARGN AND NOT name STREQUAL us_torch_header)
        target_precompile_headers(${name} REUSE_FROM us_torch_header)
        target_compile_options(${name} PRIVATE -Winvalid-pch)
        if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
            # GCC 13 warns falsely of the std::vector<bool> in torch::autograd::Function::apply.
            target_compile_options(${name} PRIVATE -Wno-array-bounds -Wno-stringop-overflow)
        endif()
    endif()
endfunction()

if(US_WITH_TORCH)
    find_package(LibTorch REQUIRED)
    file(WRITE "${PROJECT_BINARY_DIR}/torch_header.cpp" "// Exists so that the torch header is precompiled once.\n")
    add_library(us_torch_header OBJECT "${PROJECT_BINARY_DIR}/torch_header.cpp")
    target_link_libraries(us_torch_header PUBLIC LibTorch::LibTorch)
    # Not <torch/torch.h>: its other parts would cost every file three more seconds.
    target_precompile_headers(us_torch_header PRIVATE <torch/autograd.h> <torch/types.h> <torch/utils.h>)
endif()
