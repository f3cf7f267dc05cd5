/* A program of about one second of pure CPU: a linear congruential generator, whose steps depend on each other. It prints
   the seconds that it saw itself on the monotonic clock, so that what a measuring program adds can be told apart. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int count, char **arguments)
{
    uint64_t steps = count > 1 ? strtoull(arguments[1], 0, 10) : 1000000000ull, value = steps;
    double begin = now();
    for (uint64_t i = 0; i < steps; i++)
        value = value * 6364136223846793005ull + 1442695040888963407ull;
    printf("%.9f %llu\n", now() - begin, (unsigned long long)value);
    return 0;
}
