/* Makes a file system on a persistent memory, mounts it with dax, maps a file in a way that only dax allows, appends to it, and prints the
   microseconds as the persistent log's benchmark does. Usage: pmem DEVICE MOUNT BYTES LOG */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SIZE (16 << 20)

static int fail(const char *what) { perror(what); return 1; }

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  pid_t child = fork();
  if (child == 0) {
    execlp("mkfs.ext4", "mkfs.ext4", "-q", "-F", "-b", "4096", argv[1], NULL);
    _exit(127);
  }
  int status;
  if (waitpid(child, &status, 0) != child || status != 0) { fprintf(stderr, "mkfs.ext4: status %d\n", status); return 1; }
  mkdir(argv[2], 0700);
  if (mount(argv[1], argv[2], "ext4", 0, "dax") != 0) return fail("mount with dax");
  char path[4096];
  snprintf(path, sizeof path, "%s/pool", argv[2]);
  int file = open(path, O_CREAT | O_RDWR, 0600);
  if (file < 0 || posix_fallocate(file, 0, SIZE) != 0) return fail("pool");
  char *pool = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC, file, 0);
  if (pool == MAP_FAILED) return fail("map with sync");
  long bytes = atol(argv[3]);
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (long at = 0; at < bytes; at += 4096) memset(pool + at % SIZE, 1, 4096);
  clock_gettime(CLOCK_MONOTONIC, &end);
  munmap(pool, SIZE);
  close(file);
  if (umount(argv[2]) != 0) return fail("umount");
  printf("%s,%lld,", argv[4], (end.tv_sec - begin.tv_sec) * 1000000LL + (end.tv_nsec - begin.tv_nsec) / 1000 + 1);
  return 0;
}
