using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

public sealed class ServiceSpecs : RunnerFixture
{
    private ServiceSpec Service(string script) => new()
    {
        Name = "server",
        Command = Shell(script) with { StandardOutput = In("server.txt"), StandardError = In("server-err.txt") },
        ReadyText = "[[READY]]",
        ReadyTimeoutSeconds = 20,
    };

    [Fact]
    public void The_command_starts_when_the_service_is_ready_and_the_service_is_gone_afterwards()
    {
        var service = Service("sleep 0.3; touch ready; echo '[[READY]]'; sleep 100");
        var result = Run(Job(Command("ls", "ready")) with { Services = [service] });
        result.ExitCode.ShouldBe(0);
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_service_is_ready_when_its_port_accepts()
    {
        using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        var port = ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var server = $"import socket,time; time.sleep(0.3); s=socket.socket(); s.bind(('127.0.0.1',{port})); s.listen(9); time.sleep(100)";
        var service = Service("") with { Command = Command("python3", "-c", server) with { StandardOutput = In("server.txt"), StandardError = In("server-err.txt") }, ReadyText = null, ReadyPort = port };
        Run(Job(Command("python3", "-c", $"import socket; socket.create_connection(('127.0.0.1',{port}))")) with { Services = [service] }).ExitCode.ShouldBe(0);
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_service_that_is_never_ready_fails_the_job_by_name()
    {
        var result = Run(Job(Command("true")) with { Services = [Service("echo starting; sleep 100") with { ReadyTimeoutSeconds = 0.3 }] });
        result.Outcome.ShouldBe(JobOutcome.ServiceFailed);
        result.Error!.ShouldContain("'server'");
        result.Error!.ShouldContain("starting");
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_service_that_dies_at_once_fails_the_job_with_its_last_words()
    {
        var result = Run(Job(Command("true")) with { Services = [Service("echo no licence >&2; exit 3")] });
        result.Outcome.ShouldBe(JobOutcome.ServiceFailed);
        result.Error!.ShouldContain("no licence");
    }

    [Fact]
    public void A_service_that_dies_under_load_ends_the_command()
    {
        var result = Run(Job(Command("sleep", "100")) with { Services = [Service("echo '[[READY]]'; sleep 0.3; echo out of disk; exit 1")] });
        result.Outcome.ShouldBe(JobOutcome.ServiceFailed);
        result.Error!.ShouldContain("out of disk");
        Alive().ShouldBe(0);
    }

    [Fact]
    public void Cpu_time_of_a_service_is_not_the_commands()
    {
        var service = Service($"echo '[[READY]]'; '{Dummy}' burn 100");
        var measured = Run(Job(Command("sleep", "0.5")) with { Services = [service] }).Measurement!;
        (measured.UserSeconds + measured.SystemSeconds).ShouldBeLessThan(0.3);
    }
}
