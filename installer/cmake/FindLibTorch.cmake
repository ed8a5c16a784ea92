# Finds LibTorch as unpacked from the Python wheel, without asking for a CUDA toolkit.
#
# Looks in LIBTORCH_ROOT (a site-packages folder), in ${UNDERSTUDY_PREFIX}, in ~/.cache/understudy,
# and last in the torch that python3 imports. Defines the target LibTorch::LibTorch, which links
# libtorch_cpu and libc10 only: programs start in 0.7 s instead of 2 s, and load libtorch_cuda.so
# at run time where a GPU is used. LibTorch_CUDA is the major version of CUDA that it is made for.
set(_us_prefix "$ENV{UNDERSTUDY_PREFIX}")
if(NOT _us_prefix)
    set(_us_prefix "$ENV{HOME}/.cache/understudy")
endif()
set(LIBTORCH_ROOT "" CACHE PATH "The site-packages folder that holds torch/")
if(NOT LIBTORCH_ROOT)
    if(EXISTS "${_us_prefix}/libtorch-2.11.0/site-packages/torch/lib/libtorch_cpu.so")
        set(LIBTORCH_ROOT "${_us_prefix}/libtorch-2.11.0/site-packages" CACHE PATH "" FORCE)
    else()
        execute_process(COMMAND python3 -c "import os,torch;print(os.path.dirname(os.path.dirname(torch.__file__)))"
            OUTPUT_VARIABLE _us_site OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
        if(_us_site)
            set(LIBTORCH_ROOT "${_us_site}" CACHE PATH "" FORCE)
        endif()
    endif()
endif()

set(_us_lib "${LIBTORCH_ROOT}/torch/lib")
include(FindPackageHandleStandardArgs)
find_file(LibTorch_LIBRARY libtorch_cpu.so PATHS "${_us_lib}" NO_DEFAULT_PATH)
find_path(LibTorch_INCLUDE_DIR torch/torch.h
    PATHS "${LIBTORCH_ROOT}/torch/include/torch/csrc/api/include" NO_DEFAULT_PATH)
find_package_handle_standard_args(LibTorch REQUIRED_VARS LibTorch_LIBRARY LibTorch_INCLUDE_DIR
    REASON_FAILURE_MESSAGE "Run installer/bootstrap first, or set LIBTORCH_ROOT to a site-packages folder with torch 2.11.0")

# libcudart.so.13 stands beside a torch that is made for CUDA 13.
set(LibTorch_CUDA 0)
file(GLOB _us_cudart "${LIBTORCH_ROOT}/nvidia/*/lib/libcudart.so.*")
if("${_us_cudart}" MATCHES "libcudart\\.so\\.([0-9]+)")
    set(LibTorch_CUDA ${CMAKE_MATCH_1})
endif()

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
    file(GLOB _us_nvidia_libs "${LIBTORCH_ROOT}/nvidia/*/lib")
    add_library(LibTorch::C10 SHARED IMPORTED)
    set_target_properties(LibTorch::C10 PROPERTIES IMPORTED_LOCATION "${_us_lib}/libc10.so")
    add_library(LibTorch::Cpu SHARED IMPORTED)
    set_target_properties(LibTorch::Cpu PROPERTIES IMPORTED_LOCATION "${LibTorch_LIBRARY}")
    add_library(LibTorch::LibTorch INTERFACE IMPORTED)
    target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
        "${LIBTORCH_ROOT}/torch/include" "${LibTorch_INCLUDE_DIR}")
    target_compile_definitions(LibTorch::LibTorch INTERFACE USE_DISTRIBUTED USE_C10D_NCCL)
    target_link_libraries(LibTorch::LibTorch INTERFACE LibTorch::Cpu LibTorch::C10)
    # For the one module that calls CUDA's runtime itself, which libtorch_cuda.so brings.
    find_path(LibTorch_CUDA_INCLUDE_DIR cuda_runtime_api.h
        HINTS "${LIBTORCH_ROOT}/nvidia/cu13/include" /usr/local/cuda/include)
    if(LibTorch_CUDA_INCLUDE_DIR)
        add_library(LibTorch::Cuda INTERFACE IMPORTED)
        target_include_directories(LibTorch::Cuda SYSTEM INTERFACE "${LibTorch_CUDA_INCLUDE_DIR}")
    endif()
    foreach(_dir IN LISTS _us_nvidia_libs ITEMS "${_us_lib}")
        target_link_options(LibTorch::LibTorch INTERFACE "-Wl,-rpath-link,${_dir}")
    endforeach()
endif()
