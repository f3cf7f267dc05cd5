using Verus.Artifact.Common;

namespace Verus.Artifact.Tests.Sources;

public sealed class UrlTextSpecs
{
    [Theory]
    [InlineData("https://host/a?access_token=s3cret")]
    [InlineData("https://host/a?x=1&private_token=s3cret&y=2")]
    [InlineData("https://host/a#access_token=s3cret")]
    [InlineData("https://host/a?X-Amz-Signature=s3cret&X-Amz-Date=1")]
    [InlineData("https://host/a?sv=2020&sig=s3cret")]
    [InlineData("https://host/a?api_key=s3cret")]
    [InlineData("https://host/a?apikey=s3cret")]
    [InlineData("https://host/a?PASSWORD=s3cret")]
    [InlineData("https://host/a?key=s3cret")]
    [InlineData("https://host/a?jwt=s3cret;token=s3cret")]
    [InlineData("https://s3cret@host/a")]
    [InlineData("https://user:s3cret@host/a")]
    [InlineData("https://user:p@s3cret@host/a")]
    [InlineData("ssh://user:s3cret@host/a")]
    [InlineData("ftp+x://user:s3cret@host/a?token=s3cret")]
    public void A_secret_is_found_and_kept_out_of_texts(string url)
    {
        UrlText.HasSecret(url).ShouldBeTrue();
        var said = UrlText.WithoutSecrets($"fatal: unable to access '{url}': it failed (see {url}, twice)");
        said.ShouldNotContain("s3cret");
        said.ShouldContain("host/a");
        said.ShouldContain(": it failed");
    }

    [Theory]
    [InlineData("https://host/a?download=1")]
    [InlineData("https://host/a.git")]
    [InlineData("https://host/monkey?author=x&monkey=1")]
    [InlineData("ssh://git@host/a")]
    [InlineData("git@host:a/b")]
    [InlineData("/srv/a")]
    [InlineData("https://host/a?v=1#part")]
    public void What_is_no_secret_may_stand_in_a_project(string url) => UrlText.HasSecret(url).ShouldBeFalse();

    [Fact]
    public void Values_of_a_query_are_left_out_of_texts_whatever_their_names()
    {
        UrlText.WithoutSecrets("from https://host/a?x=1&y=2#z=3 to /tmp/b?c=1")
            .ShouldBe("from https://host/a?x=…&y=…#z=… to /tmp/b?c=1");
        UrlText.WithoutSecrets("no URL ?a=b").ShouldBe("no URL ?a=b");
    }
}
