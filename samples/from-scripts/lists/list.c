/* Counts in a list from several threads under one lock; prints operations per second. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct node { int value; struct node *next; };
static struct node *head;
static int size, rounds;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile long sink;

static void *run(void *seed) {
    for (int i = 0; i < rounds; i++) {
        int wanted = (int)(((long)seed * 7919 + i * 31L) % size);
        pthread_mutex_lock(&lock);
        for (struct node *at = head; at && at->value != wanted; at = at->next)
            sink++;
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

int main(int count, char **arguments) {
    if (count < 4)
        return 2;
    int threads = atoi(arguments[1]);
    size = atoi(arguments[2]);
    rounds = atoi(arguments[3]);
    for (int i = size - 1; i >= 0; i--) {
        struct node *made = malloc(sizeof *made);
        made->value = i;
        made->next = head;
        head = made;
    }
    pthread_t all[64];
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long i = 0; i < threads && i < 64; i++)
        pthread_create(&all[i], NULL, run, (void *)(i + 1));
    for (int i = 0; i < threads && i < 64; i++)
        pthread_join(all[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    printf("#threads %d size %d\nthroughput: %.1f ops/s\n", threads, size, threads * (double)rounds / seconds);
    return 0;
}
